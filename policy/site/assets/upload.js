"use strict";

// Sends a register to the server of this page: for the plan of its columns, what it comes to, and
// the answers. The server keeps nothing, so each time the whole register is sent. It stays in these
// variables, and is gone with the page.

const english = document.documentElement.lang === "en";
const say = (en, zh) => (english ? en : zh);
const server = new URL("v1/", document.currentScript.src);
const find = (id) => document.getElementById(id);

let type = ""; // of the register that is chosen
let columns = []; // of the plan
let chosen = {}; // of columns by number: { as, by, keep }
let summary = ""; // as a page
let asking = new AbortController();

// make makes an element with properties and children.
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const types = { csv: "text/csv", excel: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };

// typeOf tells by its first bytes what a file is.
async function typeOf(file) {
  const head = [...new Uint8Array(await file.slice(0, 4).arrayBuffer())];
  const begins = (...bytes) => bytes.every((b, i) => head[i] === b);
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) throw new Error(say("This is a workbook of an old form (.xls) or one with a password: save it as .xlsx without a password.", "这是旧版（.xls）或带密码的工作簿，请另存为不带密码的 .xlsx。"));
  return begins(0x50, 0x4b, 3, 4) ? types.excel : types.csv;
}

// reasons say in Chinese why something cannot be done, by code.
const reasons = {
  "busy": "服务器正忙，请稍后再试。", "client-gone": "连接中断。", "cross-origin": "请从本服务器的页面上传。", "internal": "服务器出错。",
  "malformed": "文件没有传完整，请重试。", "not-in-force": "该地区今日没有有效的清单。", "too-large": "文件过大。", "too-long": "计算时间过长，请拆分名册。",
  "too-many-elders": "行数过多，请拆分名册；结果较多时请下载 CSV。", "too-slow": "上传太慢，已中断。", "unauthorized": "请填写访问令牌后重试。",
  "wrong-register": "名册无法读取：第一行应为列名；CSV 应为 UTF-8 或 GB18030 文本，Excel 应为完整的 .xlsx；解压后过大的，请另存为 CSV。",
  "no-header": "第一行是某位老人的数据，不是列名行；请在它上面加一行列名。",
  "no-attribute": "没有任何一列被识别，请在下表中指明各列的含义。", "same-attribute": "被识别为同一项，请将其中一列设为不使用。",
  "no-column": "没有这一列。", "unknown-attribute": "没有这个项目。", "wrong-parameter": "请求有误。", "unknown-jurisdiction": "没有该地区的清单。",
  "wrong-lists": "清单今日不能计算，请告知管理员。", "evaluation-failed": "有一条规则不能计算，请告知管理员。",
  "same-header": "列名相同，请在名册中改名。", "taken-name": "要保留的列与结果中的列同名，请在名册中改名。", "names-elders": "该列逐人不同，不能用来分组统计。",
};

// causeOf says why a column cannot be used as asked.
function causeOf(cause) {
  const numbers = (cause.columns || []).join(say(", ", "、"));
  const where = numbers && say(`columns ${numbers}: `, `第${numbers}列：`);
  return where + say(cause.message, reasons[cause.code] || cause.message);
}

// ask sends the register, and gives the answer.
async function ask(what, parameters) {
  const file = find("file").files[0];
  await file.slice(0, 1).arrayBuffer().catch(() => { throw new Error(say("The file has changed: choose it again.", "文件已有改动，请重新选择。")); });
  const url = new URL(`${find("place").value}/rosters/${what}`, server);
  url.search = new URLSearchParams(parameters);
  return answerOf(url, { method: "POST", body: file, headers: { "Content-Type": type } });
}

// answerOf gives what the server answers. It throws an error that says why there is no answer.
async function answerOf(url, { headers = {}, ...request }) {
  if (find("token").value) headers.Authorization = `Bearer ${find("token").value}`;
  const response = await fetch(url, { ...request, headers, cache: "no-store", credentials: "omit", redirect: "error", signal: asking.signal });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ title: response.statusText }));
  if (problem.code === "unauthorized") {
    find("guarded").hidden = false;
    find("token").focus();
  }
  const told = [problem.title, problem.detail].filter(Boolean).join(": ");
  const causes = (problem.errors || []).map(causeOf).join(say("; ", "；"));
  throw new Error(causes || say(told, reasons[problem.code] || told));
}

// parametersOf gives the parameters of an address: columns by their numbers, as a header could be
// an elder's.
function parametersOf(...names) {
  const all = [["lang", say("en", "zh")]];
  for (const [number, column] of Object.entries(chosen)) {
    if (column.as !== undefined) all.push(["map", `${number}=${column.as}`]);
    if (column.by) all.push(["by", number]);
    if (column.keep) all.push(["keep", number]);
  }
  return all.filter(([name]) => names.includes(name));
}

// busily does something with the register, shows that it is under way, and what goes wrong, and
// gives whether it was done. What was under way before is given up.
async function busily(doing, work) {
  asking.abort();
  const own = asking = new AbortController();
  find("error").textContent = "";
  find("status").textContent = doing;
  try {
    await work();
    if (own === asking) find("status").textContent = "";
    return own === asking;
  } catch (error) {
    if (own !== asking || error.name === "AbortError") return false;
    find("status").textContent = "";
    find("error").textContent = error instanceof TypeError ? say("The server cannot be reached, or the answer broke off.", "无法连接服务器，或应答中断。") : error.message;
    return false;
  }
}

const share = (part, whole) => (part && 100 * part < whole ? "<1%" : `${whole ? Math.floor((100 * part) / whole) : 0}%`);

// choice is a menu of what a column may be.
function choice(number, column) {
  const fields = find("fields").content.cloneNode(true);
  const known = [...fields.children].find((o) => o.value === column.attribute);
  const what = column.label.includes(" = ") ? column.label : known ? known.textContent : say("not understood, not used", "未识别，不使用");
  const menu = make("select", {}, make("option", { value: "?" }, what), make("option", { value: "" }, say("(do not use)", "（不使用）")), fields);
  menu.setAttribute("aria-label", `${column.header} ${say("is", "识别为")}`);
  menu.value = chosen[number]?.as ?? "?";
  menu.onchange = () => {
    choose(number, { as: menu.value === "?" ? undefined : menu.value });
    plan(number);
  };
  return menu;
}

// tick is a box to tick of a column.
function tick(number, column, name, label) {
  const box = make("input", { type: "checkbox", checked: Boolean(chosen[number]?.[name]) });
  box.setAttribute("aria-label", `${column.header} ${label}`);
  box.onchange = () => choose(number, { [name]: box.checked });
  return box;
}

// choose takes something of a column. Results before are no longer those of what is chosen.
function choose(number, what) {
  chosen[number] = { ...chosen[number], ...what };
  find("result").hidden = true;
}

// examples are those of a column. Below them it says how many cells are months of birth.
function examples(column) {
  const all = [column.examples.join(" | ")];
  if (column.months) {
    const open = column.ages_open || 0;
    all.push(make("div", { className: "hint" }, say(`${column.months} with the month of birth only, of whom ${open} have an open age on the day`,
      `${column.months}行只有出生年月，其中${open}行在当日的年龄不能确定`)));
  }
  return all;
}

// cells are the cells of a column's row.
function cells(column, i) {
  const titles = [...document.querySelectorAll("#plan thead th")].map((th) => th.textContent);
  const contents = [
    [choice(i + 1, column)], examples(column), [share(column.blank, column.rows)], [share(column.unreadable, column.rows)],
    [tick(i + 1, column, "by", titles[5])], [tick(i + 1, column, "keep", titles[6])],
  ];
  return contents.map((content, n) => {
    const cell = make("td", {}, ...content);
    cell.dataset.title = titles[n + 1];
    return cell;
  });
}

// plan asks how the columns are understood, and shows it. The focus stays at a column, if one is
// given.
function plan(focused) {
  return busily(say("Reading the columns…", "正在识别各列…"), async () => {
    const told = await (await ask("plan", parametersOf("map"))).json();
    columns = told.columns;
    find("wrong").replaceChildren(...told.problems.map((p) => make("li", {}, causeOf(p))));
    find("run").disabled = told.problems.length > 0;
    find("columns").replaceChildren(...columns.map((c, i) => {
      const head = make("th", { scope: "row" }, c.header || say("(no name)", "（无列名）"));
      return make("tr", {}, head, ...cells(c, i));
    }));
    find("plan").hidden = false;
    (focused ? find("columns").rows[focused - 1].querySelector("select") : find("plan-title")).focus();
  });
}

// run asks what the register comes to, and shows that.
function run() {
  return busily(say("Computing…", "正在计算…"), async () => {
    summary = await (await ask("summary", [...parametersOf("map", "by", "lang"), ["format", "html"]])).text();
    const [inline, style] = /<style>([^]*?)<\/style>/.exec(summary); // which the policy of this page would not let in
    const page = new DOMParser().parseFromString(summary.replace(inline, ""), "text/html");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    const root = find("sum").shadowRoot || find("sum").attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(...page.querySelector("main").children, make("div", {}, ...page.querySelector("footer").children));
    find("result").hidden = false;
    find("result-title").focus();
  });
}

// save has the browser save something beside the register's name.
function save(content, ending) {
  const name = find("file").files[0].name.replace(/\.[^.]*$/, "");
  const link = make("a", { href: URL.createObjectURL(content), download: name + ending });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// download asks for answers or problems, and has them saved. Spreadsheets take CSV for UTF-8 only
// behind a mark.
function download(what, format, ending) {
  return busily(say("Writing…", "正在生成…"), async () => {
    const names = what === "answers" ? ["map", "keep", "lang"] : ["map", "lang"];
    const parameters = what === "answers" ? [...parametersOf(...names), ["format", format]] : parametersOf(...names);
    const content = await (await ask(what, parameters)).blob();
    save(format === "csv" ? new Blob(["\ufeff", content]) : content, ending);
  });
}

// showName shows what is chosen, in place of the browser's own words, which are in its language.
function showName() {
  const file = find("file").files[0];
  find("picked").textContent = file ? file.name : find("picked").dataset.none;
  return file;
}

// begin takes a register anew.
async function begin() {
  const file = showName();
  asking.abort();
  asking = new AbortController(); // what was given up says nothing more
  find("status").textContent = find("error").textContent = "";
  find("plan").hidden = find("result").hidden = true;
  chosen = {};
  if (!file) return;
  const ready = await busily("", async () => {
    if (file.size > Number(find("file").dataset.most)) throw new Error(say("The file is too large.", reasons["too-large"]));
    type = await typeOf(file);
    await (await answerOf(new URL("jurisdictions", server), {})).text(); // before a large register is on its way, a token may be missing
  });
  if (ready) await plan();
}

showName(); // some browsers keep the file of a page that is loaded again
find("choose").onsubmit = (event) => {
  event.preventDefault();
  begin();
};
find("file").onclick = () => { find("file").value = ""; begin(); }; // a file that was edited may be chosen again
find("file").onchange = find("place").onchange = find("token").onchange = begin;
find("run").onclick = run;
find("csv").onclick = () => download("answers", "csv", say("-answers.csv", "-结果.csv"));
find("xlsx").onclick = () => download("answers", "xlsx", say("-answers.xlsx", "-结果.xlsx"));
find("problems").onclick = () => download("problems", "csv", say("-errors.csv", "-问题行.csv"));
find("html").onclick = () => save(new Blob([summary], { type: "text/html" }), say("-summary.html", "-汇总.html"));
