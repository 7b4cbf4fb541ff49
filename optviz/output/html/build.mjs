// Makes page.js and page.css of the sources. Their first line has the sources' hash, by which a test without npm sees
// whether they are fresh.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "terser";
import ts from "typescript";

const here = new URL(".", import.meta.url).pathname, sources = readdirSync(`${here}src`).sort();
const digest = createHash("sha256");
for (const name of sources) digest.update(readFileSync(`${here}src/${name}`));
const banner = `/* ${digest.digest("hex").slice(0, 16)} */`;

// What tests ask for by name.
const KEPT = new Set("Engine entrant judge unpack track rows kept words outcome h terms report".split(" "));

// Uses of `this` in a method from which a name for it is shorter.
const OFTEN = 4;

// Names that the browser has too, on objects that the page never touches, or that strings say, never as a key.
const OURS = new Set("app page controls line frame box pan renew brush place cache element points point transport counter caption setStart ordered details found samples finished cells shared code scene race playing order look entry tracks canvas rates hide mode moved paint since diverged pan wheel starts ends took".split(" "));

// Names in types.ts that come with no payload: unpack makes them.
const UNPACKED = new Set("bounds index meaning flags low high".split(" "));

/** Members of our own classes: no name of the browser's, of the payload's, that a string says or that a test asks for. */
function ownMembers() {
  const own = new Set(), payload = new Set(), said = new Set();
  for (const name of sources.filter(one => one.endsWith(".ts"))) {
    const file = ts.createSourceFile(name, readFileSync(`${here}src/${name}`, "utf8"), ts.ScriptTarget.ES2022, true);
    const visit = node => {
      const declares = ts.isPropertyDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node)
        || ts.isPropertySignature(node) || ts.isMethodSignature(node) || (ts.isParameter(node) && node.modifiers);
      if (declares && ts.isIdentifier(node.name)) (name === "types.ts" ? payload : own).add(node.name.text);
      if (ts.isStringLiteral(node)) said.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  const libraries = `${here}node_modules/typescript/lib/`;
  const known = readdirSync(libraries).filter(name => /^lib\.(dom|es\d+)/.test(name)).map(name => readFileSync(libraries + name, "utf8")).join("\n");
  const browsers = new Set(known.match(/\b[A-Za-z_]\w*(?=\s*[?(:<])/g));
  return [...UNPACKED, ...[...own].filter(name => !payload.has(name) && !KEPT.has(name) && (OURS.has(name) || !browsers.has(name) && !said.has(name)))];
}

/** Names `this` once where a method says it often. */
function selfNamed(text) {
  const file = ts.createSourceFile("page.js", text, ts.ScriptTarget.ES2022, true), edits = [];
  const ownThis = node => ts.isFunctionExpression(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node) || ts.isPropertyDeclaration(node);
  const uses = (node, found = []) => {
    if (node.kind === ts.SyntaxKind.ThisKeyword) found.push(node.getStart());
    else ts.forEachChild(node, child => void (ownThis(child) || uses(child, found)));
    return found;
  };
  const visit = node => {
    const begins = ts.isMethodDeclaration(node) || ts.isGetAccessor(node) || (ts.isConstructorDeclaration(node) && !node.parent.heritageClauses);
    const found = begins && node.body ? uses(node.body) : [];
    if (found.length >= OFTEN) edits.push([node.body.getStart() + 1, 0, "let SELF=this;"], ...found.map(at => [at, 4, "SELF"]));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edited(text, edits);
}

/** Drops the fields of classes that only declare a name. */
function withoutBareFields(text) {
  const file = ts.createSourceFile("page.js", text, ts.ScriptTarget.ES2022, true), edits = [];
  const visit = node => {
    if (ts.isPropertyDeclaration(node) && !node.initializer) edits.push([node.getStart(), node.end - node.getStart(), ""]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edited(text, edits);
}

/** Says members and strings that are long and frequent once, at the top of the script. */
function namedOnce(text) {
  const file = ts.createSourceFile("page.js", text, ts.ScriptTarget.ES2022, true), uses = new Map(), taken = new Set();
  const use = (word, at, length, by) => uses.set(word, [...(uses.get(word) ?? []), [at, length, by]]);
  const visit = node => {
    if (ts.isIdentifier(node)) taken.add(node.text);
    if (ts.isPropertyAccessExpression(node) && !node.questionDotToken) use(node.name.text, node.name.getStart() - 1, node.name.end - node.name.getStart() + 1, name => `[${name}]`);
    const parent = node.parent, isKey = parent && (ts.isExpressionStatement(parent) || parent.name === node);
    if (ts.isStringLiteral(node) && !isKey) use(node.text, node.getStart(), node.end - node.getStart(), spaced(text, node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"], names = letters.flatMap(a => letters.map(b => a + b)).filter(name => !taken.has(name) && !["do", "if", "in", "of", "as"].includes(name));
  const edits = [], declared = [];
  for (const [word, found] of uses) {
    const literal = JSON.stringify(word), saved = found.reduce((sum, [, length, by]) => sum + length - by("ab").length, 0) - literal.length - 4;
    if (saved <= 0) continue;
    const name = names.shift();
    declared.push(`${name}=${literal}`);
    edits.push(...found.map(([at, length, by]) => [at, length, by(name)]));
  }
  return edited(text, [...edits, [text.indexOf("{", text.indexOf("=>")) + 1, 0, `var ${declared.join()};`]]);
}

/** A name in a string's place, apart from a word on either side. */
function spaced(text, node) {
  const before = /\w/.test(text[node.getStart() - 1]) ? " " : "", after = /\w/.test(text[node.end]) ? " " : "";
  return name => before + name + after;
}

const edited = (text, edits) => edits.sort((a, b) => b[0] - a[0] || b[1] - a[1]).reduce((made, [at, length, by]) => made.slice(0, at) + by + made.slice(at + length), text);

const options = { bundle: true, minify: true, write: false, absWorkingDir: here, legalComments: "none", charset: "utf8" };
const mangleProps = new RegExp(`^(${ownMembers().join("|")})$`);
const script = await build({ ...options, entryPoints: ["src/main.ts"], format: "iife", target: "es2022", mangleProps });
const style = await build({ ...options, entryPoints: ["src/page.css"] });
const smaller = await minify(selfNamed(withoutBareFields(script.outputFiles[0].text)), { ecma: 2022, compress: { passes: 3, unsafe_arrows: true, keep_fargs: false, pure_getters: true }, mangle: true, format: { ecma: 2022 } });
const code = banner + namedOnce(smaller.code);
writeFileSync(`${here}page.js`, code);
writeFileSync(`${here}page.css`, banner + style.outputFiles[0].text);
console.log(`page.js ${Buffer.byteLength(code)} bytes, page.css ${style.outputFiles[0].contents.length} bytes`);
