/** What lines of applications are for rules: the framework is known only of some formats. */
import type { LogSource } from './log-format.ts';

const PYTHON = ['python', 'django', 'flask'] as const;
const ANY = [
  ...PYTHON,
  ...['nodejs', 'node', 'express', 'ruby', 'ruby_on_rails', 'spring', 'jvm', 'java', 'velocity'],
  ...['sql', 'php', 'laravel', 'dotnet', 'golang'],
];

/** A line about a request may be judged by the rules for web servers, too. @param products frameworks and runtimes */
export function applicationSources(products: readonly string[] = ANY): readonly LogSource[] {
  const categories = ['application', 'database'];
  const plain = { products, categories, services: ['application'] };
  const request = { ...plain, categories: [...categories, 'webserver'] };
  return [
    { ...request, when: { 'url.original': ['*'] } },
    { ...request, when: { 'url.path': ['*'] } },
    plain,
  ];
}

/**
 * The error logs of web servers fit rules that ask for the server or its error log. They repeat requests
 * that the access log has too, so rules for web servers in general would count every attack twice.
 * ModSecurity writes its alerts there.
 */
export const errorLogSources = (server: string): readonly LogSource[] => [
  {
    products: [server, 'modsecurity'],
    services: [server, 'error', 'modsecurity'],
    serviceCategories: ['webserver'],
  },
];
