"use strict";

// Looks ahead: decides on an elder for the coming months by the age that a date of birth gives on
// the counting day of each. Everything else stays as it is, the lists too.

const MONTHS = 12;

// ageOn gives the years completed on a day, both days as YYYY-MM-DD. Whoever was born on 29 February
// completes a year on 1 March in common years.
function ageOn(born, day) {
  return Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
}

// countingDays gives the counting days of the coming months, up to the month in which the lists
// change.
function countingDays(data) {
  const { counting_day, until } = data.ahead;
  const first = 12 * Number(data.on.slice(0, 4)) + Number(data.on.slice(5, 7)) - 1;
  const days = [];
  for (let month = first; days.length < MONTHS; month++) {
    const parts = [String(Math.floor(month / 12)).padStart(4, "0"), month % 12 + 1, counting_day];
    const day = parts.map((n) => String(n).padStart(2, "0")).join("-");
    if (until && day.slice(0, 7) >= until.slice(0, 7)) break;
    if (day > data.on) days.push(day);
  }
  return days;
}

// aged gives an elder at the age of a day. It gives null where nobody has that age.
function aged(data, given, born, day) {
  const { first, min, max, starts } = data.attributes[data.ahead.age];
  const age = ageOn(born, day);
  return age < min || age > max ? null : put(given, first, starts.filter((start) => start <= age).length);
}

// ahead gives the elder of each coming month, with the decision. It ends before the month in which
// what is said of the elder contradicts the age.
function ahead(data, given, born) {
  const months = [];
  for (const on of countingDays(data)) {
    const elder = aged(data, given, born, on);
    if (!elder || !exists(data, elder)) break;
    months.push({ on, age: ageOn(born, on), elder, decision: decide(data, elder) });
  }
  return months;
}

// periods joins months that are alike into one.
function periods(months) {
  const same = (a, b) => a.age === b.age && JSON.stringify(a.decision) === JSON.stringify(b.decision);
  const all = [];
  for (const month of months) {
    const last = all[all.length - 1];
    if (last && same(last, month)) last.to = month.on;
    else all.push({ ...month, to: month.on });
  }
  return all;
}

// drawn makes an element of a drawing.
function drawn(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const WIDTH = 320;
const HEIGHT = 110;
const EDGE = 22; // room for words above and below

// plot draws the sure cash of each month as a bar. A number stands where it changes, if there is
// room.
function plot(months, title) {
  const most = Math.max(1, ...months.map((m) => m.decision.monthly_cny.value));
  const step = WIDTH / MONTHS;
  const figure = drawn("svg", { class: "plot", role: "img", "aria-label": title, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT });
  let labelled = -MONTHS;
  months.forEach(({ decision }, i) => {
    const { value } = decision.monthly_cny;
    const height = value / most * (HEIGHT - 2 * EDGE);
    figure.append(drawn("rect", { class: "bar", x: i * step + 2, y: HEIGHT - EDGE - height, width: step - 4, height }));
    if (!value || i && value === months[i - 1].decision.monthly_cny.value || i - labelled < 2) return;
    labelled = i;
    const side = i > MONTHS / 2 ? { class: "end", x: (i + 1) * step - 2 } : { x: i * step + 2 };
    figure.append(drawn("text", { ...side, y: HEIGHT - EDGE - height - 5 }, String(value)));
  });
  figure.append(
    drawn("path", { class: "axis", d: `M0 ${HEIGHT - EDGE}H${WIDTH}` }), drawn("text", { x: 2, y: HEIGHT - 6 }, months[0].on.slice(0, 7)),
    drawn("text", { class: "end", x: months.length * step - 2, y: HEIGHT - 6 }, months.length > 4 ? months[months.length - 1].on.slice(0, 7) : ""),
  );
  return figure;
}
