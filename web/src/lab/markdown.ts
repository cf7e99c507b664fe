/** The Markdown of lessons as HTML: headings, paragraphs, lists, blocks, and marks inside lines. */

import { escape } from "../viewer/texts";

function inline(text: string): string {
  return text.split(/(`[^`]+`)/).map((part) => (part.startsWith("`") && part.endsWith("`") && part.length > 1
    ? `<code>${escape(part.slice(1, -1))}</code>`
    : escape(part).replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>").replace(/\*([^*\s][^*]*)\*/g, "<em>$1</em>").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1"))).join("");
}

/** Lines that begin with `mark`, and those that continue them. */
function items(lines: string[], mark: RegExp): string {
  const found: string[] = [];
  for (const line of lines) if (mark.test(line)) found.push(line.replace(mark, "")); else found.push(`${found.pop() ?? ""} ${line.trim()}`);
  return found.map((one) => `<li>${inline(one)}</li>`).join("");
}

function block(lines: string[]): string {
  const [first] = lines;
  if (first === undefined) return "";
  const heading = /^(#+) (.*)/.exec(first);
  if (heading) return `<h${Math.min(4, heading[1]!.length + 1)}>${inline(heading[2]!)}</h${Math.min(4, heading[1]!.length + 1)}>${block(lines.slice(1))}`;
  if (/^ {4}|^\t/.test(first)) return `<pre tabindex="0">${escape(lines.map((line) => line.replace(/^ {4}|^\t/, "")).join("\n"))}</pre>`;
  if (first.startsWith("|")) return `<table>${lines.filter((line) => !/^\|[\s:|-]+$/.test(line)).map((line) => `<tr>${line.replace(/^\||\|$/g, "").split("|").map((cell) => `<td>${inline(cell.trim())}</td>`).join("")}</tr>`).join("")}</table>`;
  const list = lines.findIndex((line) => /^(- |\d+\. )/.test(line));
  if (list > 0) return block(lines.slice(0, list)) + block(lines.slice(list));
  if (first.startsWith("- ")) return `<ul>${items(lines, /^- /)}</ul>`;
  if (/^\d+\. /.test(first)) return `<ol>${items(lines, /^\d+\. /)}</ol>`;
  return `<p>${inline(lines.join(" "))}</p>`;
}

export function html(text: string): string {
  return text.split(/^(```[^\n]*\n[\s\S]*?^```$)/m).map((part) => (part.startsWith("```")
    ? `<pre tabindex="0">${escape(part.replace(/^```[^\n]*\n/, "").replace(/\n?```$/, ""))}</pre>`
    : part.split(/\n\s*\n/).map((one) => block(one.split("\n").filter((line) => line.trim()))).join(""))).join("");
}
