import type { Command } from 'commander';
import { type Place, placesOf, valuedFlags } from './places.ts';
import type { Values } from './values.ts';

/** Completion for PowerShell, from 5.1 on; where files are wanted it offers nothing, and PowerShell its own. */
export function powershellCompletion(program: Command): string {
  const places = placesOf(program);
  return `Register-ArgumentCompleter -Native -CommandName ir -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $steps = @(${places
    .slice(1)
    .map(({ at }) => literal(at))
    .join(', ')})
  $commands = @{
${places
  .filter(({ children }) => children.length > 0)
  .map((place) => `    ${literal(place.at)} = ${list(place.children.map(({ name }) => name))}`)
  .join('\n')}
  }
  $options = @{
${places.map(({ at, flags }) => `    ${literal(at)} = ${list(flags.map(({ long }) => long))}`).join('\n')}
  }
  $arguments = @{
${places.map(argumentRow).join('')}  }
  $values = @{
${valuedFlags(places)
  .map(({ at, long, values }) => `    ${literal(`${at} ${long}`)} = ${valueList(values)}`)
  .join('\n')}
  }
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $at = ''
  foreach ($word in ($words | Select-Object -Skip 1)) { if ($steps -ccontains "$at $word") { $at = "$at $word" } }
  $previous = if ($words.Count -gt 1) { $words[-1] } else { '' }
  $found = if ($values.ContainsKey("$at $previous")) { $values["$at $previous"] }
    elseif ($values.ContainsKey("* $previous")) { $values["* $previous"] }
    elseif ($wordToComplete.StartsWith('-')) { $options[$at] }
    elseif ($commands.ContainsKey($at)) { $commands[$at] }
    else { $arguments[$at] }
  if ($found -is [string]) { $found = @(ir completion --values $found 2>$null) }
  $found | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

function argumentRow({ at, children, arguments: values }: Place): string {
  return children.length > 0 ? '' : `    ${literal(at)} = ${valueList(values)}\n`;
}

/** A text stands for what the program has to be asked. */
function valueList(values: Values): string {
  if (values.kind === 'words') return list(values.words);
  return values.kind === 'asked' ? literal(values.of) : '@()';
}

const list = (words: readonly string[]): string => `@(${words.map(literal).join(', ')})`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
