/** How long the functions of a file are, read with TypeScript's own parser. */
import ts from 'typescript';

/** A function that has a name, and its lines without those of named functions inside it. */
export interface FunctionLength {
  name: string;
  /** From 1. */
  line: number;
  lines: number;
}

/** Is a statement of a file that long? Most files have none, and need not be parsed, which takes most of the time. */
export const mayHaveLong = (text: string, lines: number): boolean =>
  text
    .split(/^(?=(?:export|import|const|let|async|function|class|interface|type) )/m)
    .some((statement) => statement.split('\n').length - 1 > lines);

/**
 * Every named function of a file: declarations, methods, accessors, constructors, and what a name is given (`const f = () => …`, `f: () => …`).
 * A function without a name of its own, such as a callback, belongs to the one around it.
 */
export const functionLengths = (text: string): FunctionLength[] => {
  const file = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest);
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const found: FunctionLength[] = [];
  /** The lines that named functions take below a node. */
  const visit = (node: ts.Node, given: string | undefined): number => {
    let inside = 0;
    ts.forEachChild(node, (child) => {
      inside += visit(child, nameGivenBy(node, child, file));
    });
    const name =
      ts.isFunctionLike(node) && 'body' in node ? (ownName(node, file) ?? given) : undefined;
    if (name === undefined) return inside;
    const first = lineAt(node.getStart(file));
    const whole = lineAt(node.getEnd()) - first + 1;
    found.push({ name, line: first + 1, lines: whole - inside });
    return whole;
  };
  visit(file, undefined);
  return found;
};

const ownName = (node: ts.SignatureDeclaration, file: ts.SourceFile): string | undefined =>
  ts.isConstructorDeclaration(node) ? 'constructor' : node.name?.getText(file);

/** What `const name = child`, `name: child` or a property of a class calls its value. */
const nameGivenBy = (node: ts.Node, child: ts.Node, file: ts.SourceFile): string | undefined =>
  (ts.isVariableDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isPropertyDeclaration(node)) &&
  node.initializer === child
    ? node.name.getText(file)
    : undefined;
