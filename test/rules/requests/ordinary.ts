// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lookups and templates are written so.
/** Requests of ordinary visitors that hold what attacks hold: quotes, words of SQL and shells, brackets, addresses. */
import type { Random } from './random.ts';

interface Ordinary {
  target: string;
  referrer?: string;
}

const split = (text: string): readonly string[] => text.trim().split(/\s*\n\s*/);

const SEARCHES = split(`
  o'brien's pub and grill
  rock 'n' roll or jazz
  women's shoes or men's boots
  union jack t-shirt
  credit union select account
  select committee on finance
  drop table tennis bats
  delete my account from the site
  update on the order from london
  insert coin into slot
  how to union two tables in sql
  select * from where? a beginner's guide
  sql select statement with order by example
  what is a left join and when to group by
  order by phone or online
  having a baby and sleeping well
  sleep (2019) film
  benchmark (cpu) 2026
  create table lamp with shade
  alter ego or real self
  exec desk chair
  executive summary; draft
  cats & dogs
  salt and pepper; sugar and spice
  5 > 3 and 2 < 4
  a=b or b=a logic puzzle
  1 = 1 proof
  x = 5 or y = 6
  (a or b) and c
  price between 10 and 20
  $20 gift card
  under $100 or less
  c++ vs c#
  node.js || deno
  true && false in bash
  what does 2>&1 mean
  how to cat a file in linux
  ls command examples
  ping google from cmd
  curl hair iron
  wget for windows
  bash cheat sheet
  who am i chords
  /etc/passwd explained
  what is /etc/hosts
  etc. and so on...
  php echo date example
  how does eval( work in javascript
  alert box in javascript
  javascript: the good parts
  <3 you
  i <3 ny
  price < 20
  html <b> tag meaning
  "exact phrase" search
  "to be or not to be"
  l'oréal paris
  d'artagnan
  it's 5 o'clock somewhere
  mcdonald's near me
  rock & roll hall of fame
  50% off -- today only
  c# delegates #3
  #1 dad mug
  what's up?
  why?? really???
  3 * 4 + 5
  f(x) = x^2
  sin(x)/cos(x)
  {winter} [sale]
  {{ mustache }} templates
  \${name} placeholder
  [solved] cannot boot
  @home office
  q&a session
  r&b; soul
  and/or
  him/her
  24/7 support
  1/2 inch pipe
  path/to/file
  ../up and away
  wait...what
  dr. who; the movie
  group of seven; id cards
  set of 4; sort by size
  time; the magazine
  find my phone | lost
  host or guest
  net worth; who is
  tail or head
  less is more; more or less
  type o negative
  kill bill vol. 2
  top 10 | best of
  perl necklace
  python (snake)
  ruby; red
  apt 5; main street
  shell & sons
  gcc countries
  node; edge
  data: a love story
  file: how to
  class of '99
  '90s music
  '; the semicolon
  it's -- well -- odd
  union station or grand central
  or 1 more time
  she said 'or else' and left
  'or' in french
  "and" or "or"
  not null and void
  like 'em hot
  null and void
  is 1 in 5 enough?
  between the lines and beyond
  x-ray: how it works
  content-type: what is it
  location: paris
  from: london to: rome
  set-cookie header explained
  constructor in java
  prototype 2 game
  system (music band)
  system of a down
  chr(65) ascii
  include("x.h") c++
  require('fs') node
  process.env example
  function() in js
  while (true) loop
  if (a == b) then
  exist or not exist
  rm -rf meaning
  sudo make me a sandwich
  chmod 755 meaning
  base64 decode online
  document.cookie explained
  onclick vs addeventlistener
  img src attribute
  onload = window
  sqlmap alternative
  log4j vulnerability \${jndi
  server-side template injection explained
`);
const NAMES = split(`
  O'Brien
  D'Angelo
  O'Neil & Sons
  Müller-Lüdenscheidt
  N'Golo Kanté
  Nguyễn Văn An
  Jean-Luc (Paris)
  Smith; John
  van 't Hof
  L'Hôpital
  McDonald's
  "Bob" Jones
  李小龙
  Анна-Мария
`);
const COMMENTS = split(`
  Dear all; cat is fine, the dog is too.
  Thanks!\\nls was not what I meant
  I think (and hope) it's fine; who else?
  It's 5 > 4 && 3 < 4, isn't it?
  Use <b>bold</b> or <i>italics</i> :)
  See http://www.example.com/a?b=c&d='e'
  In SQL, SELECT reads rows; INSERT adds them.
  Select the first one, delete the rest from there.
  My password isn't working; please update it.
  Try "ping" or 'traceroute'; then tell me.
  Run npm install; npm start
  100% sure -- no doubt
  {"not": "json"} but looks like it
  if (x) { y(); }
  The file is in /usr/local/share, not in /etc.
  Kind regards,\\nid 4711\\nhost of the party
  Hello\\nFrom: the team\\nTo: you
  a || b, c && d
  we paid $(100) or so
  \`code\` in ticks
  either/or; and/or; his/her
  Subject: my order\\n\\nwhere is it?
`);
/** Questions and prose about attacks, under whatever parameter; none taken from elsewhere. */
const ASKED = split(`
  how to use system('ls') in php
  what does <?php echo $x ?> mean
  why does SELECT * FROM users WHERE id=1 return nothing
  I tried cat /etc/passwd and it works for me, what about you
  Use the statement DROP TABLE users; to remove a table. See also DELETE FROM users WHERE id=1;
  Difference between eval() and exec() in python
  How do I stop <script>alert(1)</script> from running in comments?
  Our login form breaks when the name is O'Reilly; can someone help me?
  After the update the server says "rm: cannot remove '/var/log/app.log'"
  explain <%= yield %> in rails
  The file /etc/hosts maps names to addresses on Linux
  just do sudo apt update && sudo apt upgrade, it works for me
  try ping 8.8.8.8 and tell me what you see
  Hello {{name}}, your order {{order.id}} is ready
  wie kann man in php system('ls') benutzen
  comment utiliser exec('ls') en php
  cómo usar eval('x') en javascript
  怎么用 system('ls') 在 php
  什么是 <script> 标签
  SELECT の使い方 と UNION の違い
  как работает union select в sql
  TypeError: Cannot read properties of undefined (reading 'map')
  curl: (7) Failed to connect to localhost port 8080: Connection refused
  java.lang.NullPointerException at com.example.App.main(App.java:10)
`);
const ANY_NAME = [
  'w',
  'msg',
  'message',
  'body',
  'question',
  'desc',
  'content',
  'note',
  'find',
  'm',
];
/** Values of shops, interfaces, formulas and trackers. */
const TECHNICAL: readonly (readonly [path: string, value: string])[] = [
  ['/company?name', 'Select Union Ltd'],
  ['/company?name', 'Drop Table Tennis & Sons; Ltd'],
  ['/movies?title', 'Eval (2019)'],
  ['/music?artist', 'System (Live)'],
  ['/api/xml?doc', '<?xml version="1.0" encoding="UTF-8"?><note><to>Ann</to></note>'],
  ['/svg?d', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>'],
  ['/graphql?query', '{products(filter:{price:{lt:20},name:{eq:"O\'Brien"}}){id,name}}'],
  ['/odata/Products?$filter', "Price gt 10 and Name eq 'Milk'"],
  ['/api/items?where', '{"name":"a","$or":[{"price":{"$gt":5}}]}'],
  ['/shop?f', 'brand:in:(nike,adidas);size:eq:42'],
  ['/calc?e', 'sqrt(16) * sin(30) - log(2)'],
  ['/math?latex', '\\frac{1}{2} + \\sum_{i=1}^{n} i^2'],
  ['/sheet?formula', '=IF(A1>5,"yes","no")'],
  ['/preview?md', '# Title\n\nSome `code` and **bold** and [link](https://example.com/a?b=c)'],
  ['/img?data', 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=='],
  ['/t?utm_campaign', '50% off; today only'],
  ['/cfg?cron', '*/5 * * * * /usr/bin/backup.sh'],
  ['/x?jsonpath', '$.store.book[?(@.price<10)].title'],
  ['/x?xpath', '//book[price>10]/title'],
  ['/search?q', 'wget https://example.com/file.zip -O file.zip'],
  ['/search?q', 'insert into table values (1,2)'],
];
const HOSTS = [
  'www.example.com',
  'shop.example.com',
  'example.org',
  'cdn.example.net',
  'sub.domain.example.com:8443',
];
const LOCALES = ['en-US,en;q=0.9', 'de_DE.UTF-8', 'sr@latin', 'zh-Hans-CN', 'pt-BR;q=0.8'];
const FILES = [
  '/etc/terms',
  '/bin/search',
  '/usr/guide',
  '/var/news/2026',
  '/home/garden/tools',
  '/dev/blog',
  '/tmp/sale',
  '/proc/eedings/4',
  '/root/beer',
  '/opt/in',
];
const DOTS = [
  '/docs/v1..v2',
  '/files/report..final.pdf',
  '/css/../img/logo.png',
  '/a/./b.css',
  '/img//hero.jpg',
  '/wiki/C%2B%2B',
  '/wiki/Etc.',
  '/wiki/Union_(set_theory)',
  '/wiki/%22Heroes%22',
  "/wiki/Rock_'n'_Roll",
  '/tags/c%23',
  '/product/(blue)-chair',
  '/archive/[2026]/list',
];

const base64 = (random: Random, bytes: number): string =>
  Buffer.from(Array.from({ length: bytes }, () => random.number(256))).toString('base64');
const json = (random: Random): string =>
  JSON.stringify(
    random.pick<object>([
      { a: 1, b: [2, 3] },
      { filter: { name: random.word(), price: { min: 10, max: 20 } } },
      { query: `{ user(id: ${random.number(99)}) { name, email } }` },
      { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' },
      [{ op: 'replace', path: '/name', value: random.pick(NAMES) }],
      { q: random.pick(SEARCHES), page: 1 },
      { events: [{ t: 'click', el: 'div#main > a.b:nth-child(2)' }] },
      { sort: { id: -1 }, where: { type: 'all' }, or: [1, 2] },
      { text: random.pick(COMMENTS) },
    ]),
  );

/** One request; `encode` makes a value fit for an address. */
export function ordinaryRequest(random: Random, encode: (text: string) => string): Ordinary {
  const n = random.number(100_000);
  const search = random.pick(SEARCHES);
  switch (random.number(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return { target: `/search?q=${encode(search)}&page=${1 + random.number(9)}` };
    case 4:
      return { target: `/search?q=${encode(`${search} ${random.pick(NAMES)}`)}` };
    case 5:
      return { target: `/customers?name=${encode(random.pick(NAMES))}&sort=name&order=asc` };
    case 6:
      return { target: `/comment?id=${n}&text=${encode(random.pick(COMMENTS))}` };
    case 7:
      return {
        target: `/post?title=${encode(search)}&body=${encode(`${random.pick(COMMENTS)} ${random.pick(SEARCHES)}`)}`,
      };
    case 8:
      return {
        target: `/login?${random.pick(['next', 'return_url', 'url', 'redirect'])}=${encode(`https://${random.pick(HOSTS)}/${random.word()}?id=${n}&q=${random.word()}`)}`,
      };
    case 9:
      return {
        target: `/share?u=https://${random.pick(HOSTS)}/${random.word()}.html&t=${encode(search)}`,
      };
    case 10:
      return { target: `/proxy/image?src=${encode(`//${random.pick(HOSTS)}/img/${n}.jpg`)}&w=300` };
    case 11:
      return {
        target: `/api/v1/items?token=${encode(base64(random, 24))}&sig=${encode(base64(random, 32))}`,
      };
    case 12:
      return {
        target: `/auth?jwt=eyJhbGciOiJIUzI1NiJ9.${base64(random, 30).replace(/[+/=]/g, '_')}.${base64(random, 24).replace(/[+/=]/g, '-')}`,
      };
    case 13:
      return { target: `/api/query?data=${encode(json(random))}` };
    case 14:
      return {
        target: `/list?filter[name]=${encode(random.pick(NAMES))}&filter[price][]=${n}&ids[]=${n}&sort=-date`,
      };
    case 15:
      return {
        target: `/set?lang=${encode(random.pick(LOCALES))}&tz=${encode('Europe/Berlin')}&t=${encode('2026-03-14T10:00:00+01:00')}`,
      };
    case 16:
      return { target: `${random.pick(FILES)}?lang=en&id=${n}` };
    case 17:
      return { target: `${random.pick(DOTS)}?v=${n}` };
    case 18:
      return {
        target: `/calc?expr=${encode(random.pick(['3*4+5', '(1+2)*3', 'x^2 = 4', '2>1', 'a|b', '10/2-1', '7*7', 'sin(30)', '$5 + $6', '50%', '1e10']))}&v=${n}`,
      };
    case 19:
    case 20:
      return { target: `/ask?${random.pick(ANY_NAME)}=${encode(random.pick(ASKED))}&id=${n}` };
    case 21: {
      const [path, value] = random.pick(TECHNICAL);
      return { target: `${path}=${encode(value)}` };
    }
    case 22:
      return {
        target: `/questions/${n}/${random.pick(['how-to-prevent-xss-with-<script>-tags', 'what-is-1=1-in-sql-injection', 'why-does-eval()-return-nothing', 'docs/functions/eval()']).replace(/[<>]/g, encodeURIComponent)}`,
      };
    default:
      return {
        target: `/item/${n}`,
        referrer: random.pick([
          `https://www.google.com/search?q=${encode(search)}`,
          `https://${random.pick(HOSTS)}/?ref=${encode(random.pick(NAMES))}&id=${n}`,
          `https://l.example.com/l.php?u=${encode(`https://${random.pick(HOSTS)}/`)}`,
        ]),
      };
  }
}
