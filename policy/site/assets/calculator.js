"use strict";

// Asks one question after the other and shows what an elder is owed. What is said stays in these
// variables, and is gone with the page.

const english = document.documentElement.lang === "en";
const say = (en, zh) => (english ? en : zh);
const word = (both) => both[english ? 1 : 0];
const separator = say("; ", "；");

let steps = []; // { attribute, cells, words } for an answer; without cells for what is not known
let born = ""; // as YYYY-MM-DD; the age that it gives is among the steps

const find = (id) => document.getElementById(id);

// make makes an element with properties and children.
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// withStep gives an elder with what a step says.
function withStep(cells, step) {
  const { first } = eldercare.attributes[step.attribute];
  return (step.cells || []).reduce((all, cell, i) => put(all, first + i, cell), cells);
}

// elder gives the cells that were said, with those of further steps.
function elder(...more) {
  return [...steps, ...more].reduce(withStep, eldercare.axes.map(() => 0));
}

const possible = (attribute, cells) => exists(eldercare, elder({ attribute, cells }));
const saidOf = (step) => `${word(eldercare.attributes[step.attribute].label)}${say(": ", "：")}${step.words}`;

// option is a choice of a question: a radio button, or a box to tick of a set.
function option(type, value, label) {
  return make("label", { className: "option" }, make("input", { type, name: "answer", value }), label);
}

// fields gives the controls of a question.
function fields(attribute) {
  const of = eldercare.attributes[attribute];
  if (of.type === "integer") {
    const input = make("input", { type: "number", name: "answer", id: "answer", min: of.min, max: of.max, step: 1, inputMode: "numeric" });
    input.setAttribute("aria-describedby", "hint");
    const hint = make("p", { className: "hint", id: "hint" }, `${of.min}–${of.max}${word(of.unit)}`);
    return [make("label", { className: "unseen", htmlFor: "answer" }, word(of.label)), input, hint];
  }
  if (of.type === "set") {
    return [make("p", { className: "hint" }, say("Tick all that hold, or none.", "可多选；都不是则不选。")), ...of.values.map((v, i) => option("checkbox", i, word(v)))];
  }
  return of.values
    .map((v, i) => ({ cell: i + 1, label: word(v) }))
    .filter(({ cell }) => possible(attribute, [cell]))
    .map(({ cell, label }) => option("radio", cell, label));
}

// numberStep is a number as an answer.
function numberStep(attribute, number) {
  const of = eldercare.attributes[attribute];
  return { attribute, cells: [of.starts.filter((start) => start <= number).length], words: number + word(of.unit) };
}

// answerOf reads the controls. It gives a step, or what is wrong with them.
function answerOf(attribute, form) {
  const of = eldercare.attributes[attribute];
  const chosen = new FormData(form).getAll("answer");
  if (of.type === "integer") {
    const number = Number(chosen[0]);
    if (chosen[0] === "" || !Number.isInteger(number) || number < of.min || number > of.max) {
      return say(`Enter a whole number from ${of.min} to ${of.max}.`, `请填${of.min}至${of.max}的整数。`);
    }
    return numberStep(attribute, number);
  }
  if (of.type === "set") {
    const has = of.values.filter((_, i) => chosen.includes(String(i))).map(word);
    return { attribute, cells: of.values.map((_, i) => (chosen.includes(String(i)) ? 2 : 1)), words: has.join(say(", ", "、")) || say("none", "无") };
  }
  if (!chosen.length) return say("Choose an answer, or skip the question.", "请选择一项，或跳过此题。");
  return { attribute, cells: [Number(chosen[0])], words: word(of.values[chosen[0] - 1]) };
}

// next gives the question to ask, or undefined when none is left.
function next() {
  const asked = new Set(steps.map((step) => step.attribute));
  return questions(eldercare, elder()).find((q) => !asked.has(q.attribute));
}

function showQuestion() {
  const form = find("question");
  const question = next();
  const back = make("button", { type: "button", className: "plain", id: "back", disabled: !steps.length }, say("Back", "上一题"));
  back.onclick = () => change(steps.slice(0, -1));
  if (!question) {
    form.replaceChildren(make("p", {}, say("Nothing else matters. The result is complete as far as is known.", "没有其他需要问的了，结果已尽可能完整。")), make("div", { className: "actions" }, back));
    form.onsubmit = (event) => event.preventDefault();
    return;
  }
  const { attribute } = question;
  const error = make("p", { className: "error", role: "alert", id: "error" });
  const skip = make("button", { type: "button", className: "plain", id: "skip" }, say("I do not know", "不清楚，跳过"));
  skip.onclick = () => change([...steps, { attribute, words: say("not known", "不清楚") }]);
  form.replaceChildren(
    make("fieldset", {}, make("legend", {}, word(eldercare.attributes[attribute].label)), ...fields(attribute)), error,
    make("div", { className: "actions" }, make("button", { id: "next" }, say("Next", "下一题")), skip, back),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const step = answerOf(attribute, form);
    const wrong = typeof step === "string" ? step : !possible(attribute, step.cells) && say("This contradicts an earlier answer.", "与前面的回答矛盾。");
    if (!wrong) return change([...steps, step]);
    error.textContent = wrong;
    form.querySelector("input").focus();
  };
}

function showGiven() {
  find("answered").hidden = !steps.length;
  find("given").replaceChildren(...steps.map((step) => {
    const remove = make("button", { type: "button", className: "plain small" }, say("Change", "更改"));
    remove.setAttribute("aria-label", `${say("Change", "更改")} ${word(eldercare.attributes[step.attribute].label)}`);
    remove.onclick = () => change(steps.filter((s) => s !== step));
    return make("li", {}, saidOf(step), remove);
  }));
  find("said").replaceChildren(...steps.filter((s) => s.cells).map((s) => make("li", {}, saidOf(s))));
}

// reasons names the answers that suffice for what is certain of a service.
function reasons(service) {
  const facts = because(eldercare, elder(), service);
  return facts.map((attribute) => saidOf(steps.find((s) => s.attribute === attribute))).join(separator);
}

const cited = (cite) => make("p", { className: "source" }, say("Source: ", "依据："), make("span", { lang: "zh-CN" }, cite.join("；")));
const amounts = (all) => (all || []).map(word).join(separator);
const line = (className, label, text) => (text ? [make("p", { className }, `${label}${text}`)] : []);

// entry is a service in a list of results.
function entry(service, ...lines) {
  const name = make("a", { href: `list.html#${service.id}` }, `${service.item} ${word(service.name) || service.id}`);
  return make("li", {}, make("h4", {}, name), ...lines.flat());
}

function needed(answer) {
  return needs(eldercare, answer, derive(eldercare, elder())).map((a) => word(eldercare.attributes[a].label)).join(say(", ", "、"));
}

function showResults() {
  const cells = derive(eldercare, elder());
  const lists = { certain: [], possible: [], permitted: [], denied: [] };
  for (const service of eldercare.services) {
    const answer = reach(service, cells);
    const { entitled, discretionary } = answer;
    const promised = (answer.possible || []).find((p) => !p.discretionary);
    const maybe = (answer.possible || []).find((p) => p.discretionary);
    if (entitled) {
      lists.certain.push(entry(
        service, line("amount", "", amounts(answer.words.certain)), line("why", say("Because ", "因为："), reasons(service)),
        line("needs", say("Could be more: ", "可能更多："), amounts(answer.words.up_to)), line("needs", say("Depends on ", "取决于："), needed(answer)), cited(entitled.cite),
      ));
    }
    if (promised) {
      lists.possible.push(entry(
        service, line("amount", say("Up to ", "最多："), amounts(answer.words.up_to)), line("needs", say("Depends on ", "取决于："), needed(answer)), cited(promised.cite),
      ));
    }
    if (discretionary || maybe) {
      lists.permitted.push(entry(service, line("needs", say("Depends on ", "取决于："), maybe ? needed(answer) : ""), cited((discretionary || maybe).cite)));
    }
    if (!entitled && !promised && !discretionary && !maybe) {
      lists.denied.push(entry(service, line("why", say("Ruled out by ", "不符合："), reasons(service))));
    }
  }
  for (const [id, items] of Object.entries(lists)) {
    find(id).replaceChildren(...(items.length ? items : [make("li", {}, say("none", "无"))]));
  }
  find("permission").hidden = !lists.permitted.length;
  showTotal(lists.certain.length, lists.possible.length);
}

const named = (id) => word(eldercare.services.find((s) => s.id === id).name);

// cashOf says how much a sum is.
function cashOf(sum) {
  const least = sum.bound === "at_least" ? say("at least ", "不低于") : "";
  const nothing = sum.open.length ? say("amount open", "金额未定") : say("no certain amount", "尚无确定金额");
  return sum.value ? `${least}${sum.value}${say(" yuan", "元")}` : nothing;
}

// showTotal shows the cash of each month, and what is not in it.
function showTotal(certain, possible) {
  const sum = decide(eldercare, elder()).monthly_cny;
  const cash = cashOf(sum);
  find("summary").textContent = say(
    `${certain} certain, ${possible} possible; monthly cash: ${cash}`, `应享${certain}项，可能应享${possible}项；每月现金：${cash}`);
  find("total").replaceChildren(
    ...line("needs", say("Without a number, not in the sum: ", "金额未定、未计入："), sum.open.map(named).join(say(", ", "、"))),
    ...(sum.not_added || []).flatMap((n) => [
      make("p", { className: "needs" }, say(`${named(n.service)} is not added, as ${named(n.in_favour_of)} counts. `, `${named(n.service)}不重复计，已计${named(n.in_favour_of)}。`), make("span", { lang: "zh-CN" }, n.reason)),
      cited(n.cite),
    ]),
  );
}

// standing says what an elder has of a service.
function standing(service, cells) {
  const { entitled, possible, words } = reach(service, derive(eldercare, cells));
  if (entitled) return amounts(words.certain) || say("due", "应享");
  return (possible || []).some((p) => !p.discretionary) ? say("possible", "可能应享") : say("not due", "不享受");
}

// turns says what becomes different from one elder to another.
function turns(before, after) {
  return eldercare.services
    .map((service) => ({ service, was: standing(service, before), is: standing(service, after) }))
    .filter(({ was, is }) => was !== is)
    .map(({ service, was, is }) => `${word(service.name)}${say(": ", "：")}${was} → ${is}`).join(separator);
}

// row is a period in the table of months.
function row(period, before, titles) {
  const months = [...new Set([period.on, period.to].map((day) => day.slice(0, 7)))].join("–");
  const cells = [period.age, cashOf(period.decision.monthly_cny), turns(before, period.elder) || say("nothing", "无")];
  return make("tr", {}, make("th", { scope: "row" }, months), ...cells.map((text, i) => {
    const cell = make("td", {}, text);
    cell.dataset.title = titles[i + 1];
    return cell;
  }));
}

// caveats say what the look ahead rests on.
function caveats(months) {
  const { counting_day, until, calendars } = eldercare.ahead;
  const short = months.length < countingDays(eldercare).length;
  return [
    say(`By the age on day ${counting_day} of each month. Everything else, and the list, is taken to stay as it is.`, `按每月${counting_day}日的年龄测算，假定其他情况和清单不变。`),
    until && months.length < MONTHS && !short ? say(`The list changes on ${until}; later months are not shown.`, `清单自${until}起有变动，其后各月未列出。`) : "",
    short ? say("At the age of the next month what was said contradicts itself.", "再往后，所填信息与年龄不符，未列出。") : "",
    calendars.length ? say("Paid by calendars of their own, so that payment may begin or end in other months: ", "另有发放办法，起止月份可能不同：") + calendars.map(named).join(say(", ", "、")) : "",
  ].filter(Boolean).map((text) => make("p", { className: "source" }, text));
}

// showAhead shows the coming months, once the date of birth is known.
function showAhead() {
  const months = born ? ahead(eldercare, elder(), born) : [];
  find("ahead").hidden = eldercare.ahead.age < 0;
  find("ahead").classList.toggle("screen", !months.length);
  if (!born) return find("months").replaceChildren();
  if (!months.length) return find("months").replaceChildren(...caveats(months));
  const titles = [say("Months", "月份"), say("Age", "年龄"), say("Monthly cash", "每月现金"), say("What changes", "变化")];
  const all = periods(months);
  const rows = all.map((period, i) => row(period, i ? all[i - 1].elder : elder(), titles));
  const head = make("thead", {}, make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title))));
  const title = say(`Sure monthly cash, from ${months[0].on.slice(0, 7)} on, in yuan; the table has all figures`, `自${months[0].on.slice(0, 7)}起各月确定的现金（元），数字见下表`);
  find("months").replaceChildren(plot(months, title), make("table", {}, head, make("tbody", {}, ...rows)), ...caveats(months));
}

function show() {
  showQuestion();
  showGiven();
  showResults();
  showAhead();
}

// change takes other steps, shows what follows, and puts the focus on the question.
function change(to) {
  steps = to;
  if (born && !steps.some((s) => s.cells && s.attribute === eldercare.ahead.age)) find("born").value = born = ""; // with the age that it gave
  show();
  find("ask").focus();
}

// bear takes a date of birth, with the age that it gives instead of an earlier one.
function bear() {
  const { age } = eldercare.ahead;
  const date = find("born").value;
  const years = date && ageOn(date, eldercare.on);
  const of = eldercare.attributes[age];
  const others = steps.filter((s) => s.attribute !== age);
  born = "";
  find("born-error").textContent = "";
  if (date && (years < of.min || years > of.max)) {
    find("born-error").textContent = say("Enter the date of birth of somebody who is alive.", "请填写在世者的出生日期。");
  } else if (date && !exists(eldercare, aged(eldercare, others.reduce(withStep, eldercare.axes.map(() => 0)), date, eldercare.on))) {
    find("born-error").textContent = say("This contradicts an earlier answer.", "与前面的回答矛盾。");
  } else if (date) {
    born = date;
    steps = [...others, numberStep(age, years)];
  }
  show();
}

find("born").onchange = bear;
find("print").onclick = () => window.print();
show();
