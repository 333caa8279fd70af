"use strict";

// Decides on an elder by the answers of one jurisdiction on one day. They were made from the lists
// and exported as data; there is no rule in here.
//
// An elder is a list of cells, one for each axis of the data; 0 is not known.

// at gives what pairs of a first cell and what holds from it on say of a cell. Something may stand
// before them.
function at(runs, cell) {
  let i = runs.length - 2;
  while (runs[i] > cell) i -= 2;
  return runs[i + 1];
}

// reach goes through a decision diagram. It gives null for an elder who cannot exist.
function reach(diagram, cells) {
  let next = diagram.root;
  while (next >= 0) {
    const node = diagram.nodes[next];
    next = at(node, cells[node[0]]);
  }
  return diagram.answers[-1 - next];
}

// put gives an elder with another cell.
function put(cells, axis, cell) {
  const changed = [...cells];
  changed[axis] = cell;
  return changed;
}

// derive adds what given attributes say of others. It gives null where they disagree.
function derive(data, given) {
  const cells = [...given];
  for (const link of data.links) {
    const gives = link.gives[cells[link.from]];
    if (gives && cells[link.to] && cells[link.to] !== gives) return null;
    cells[link.to] = cells[link.to] || gives;
  }
  return cells;
}

// exists tells whether there can be such an elder.
function exists(data, given) {
  const cells = derive(data, given);
  return cells !== null && data.exists.every((diagram) => reach(diagram, cells) !== null);
}

// decide gives the decision on an elder who can exist, as the engine writes it.
function decide(data, given) {
  const cells = derive(data, given);
  const answers = data.services.map((service) => reach(service, cells));
  return {
    jurisdiction: data.jurisdiction,
    on: data.on,
    entitled: answers.filter((a) => a.entitled).map((a) => a.entitled),
    possible: answers.flatMap((a) => a.possible || []),
    discretionary: answers.filter((a) => a.discretionary).map((a) => a.discretionary),
    monthly_cny: total(data, answers),
    digest: data.digest,
  };
}

// total adds up monthly cash. What has no sure number is open; what is not paid beside something
// higher is not added.
function total(data, answers) {
  const monthly = (promises) => Object.keys(promises || {}).filter((m) => data.monthly.includes(m)).sort();
  const left = leftOut(data, answers);
  const unsure = unsureBeside(data, answers, left);
  left.push(...unsure);
  const sum = { bound: "exactly", open: [] };
  let fen = 0;
  let counted = false;
  for (const { entitled } of answers.filter((a) => a.entitled)) {
    const open = monthly(entitled.promises).filter((measure) => {
      const promise = entitled.promises[measure];
      if (promise.bound !== "exactly") sum.bound = "at_least";
      if (left.some((n) => n.service === entitled.service && n.measure === measure)) return false;
      counted = true;
      if (promise.value === null || promise.bound === "at_most") return true;
      fen += Math.round(promise.value * 100);
      return false;
    });
    if (open.length) sum.open.push(entitled.service);
  }
  if (!counted || unsure.length || answers.some((a) => mayRise(a, monthly))) sum.bound = "at_least";
  sum.value = fen / 100;
  if (left.length) sum.not_added = left;
  return sum;
}

// mayRise tells whether missing attributes could add to the monthly cash.
function mayRise(answer, monthly) {
  const more = (part) => monthly(part.up_to).length > 0 || Boolean(part.note);
  return Boolean(answer.entitled && more(answer.entitled)) || (answer.possible || []).some((p) => !p.discretionary && more(p));
}

// leftOut gives the promises that choices leave out: all but the highest of each.
function leftOut(data, answers) {
  const left = [];
  data.choices.forEach((choice, number) => {
    const measure = (a) => choice.members[a.entitled.service];
    const members = answers.filter((a) => a.ranks[number] !== undefined);
    const best = members.reduce((b, a) => (b && b.ranks[number] >= a.ranks[number] ? b : a), null);
    for (const a of members) {
      const service = a.entitled.service;
      if (a === best || left.some((n) => n.service === service && n.measure === measure(a))) continue;
      left.push({
        service, measure: measure(a), in_favour_of: best.entitled.service, in_favour_of_measure: measure(best),
        reason: choice.reason, cite: choice.cite,
      });
    }
  });
  return left;
}

// offersOf gives what choices choose from, in printed order: what is sure of it, and the most that it could be. Each has
// a place of its own, as a service may have several.
function offersOf(data, answers) {
  return answers.flatMap((answer, number) => {
    const service = data.services[number].id;
    const measures = new Set(data.choices.map((choice) => choice.members[service]).filter(Boolean));
    const parts = [answer.entitled, ...(answer.possible || [])].filter((part) => part && !part.discretionary);
    return [...measures].sort().map((measure) => {
      const certain = answer.entitled && answer.entitled.promises[measure];
      const all = [certain, ...parts.map((part) => (part.up_to || {})[measure])].filter(Boolean);
      return {
        service, measure,
        cash: data.monthly.includes(measure),
        least: certain && certain.bound !== "at_most" ? certain.value : null,
        most: all.length ? Math.max(...all.map((promise) => promise.value)) : null,
        endless: parts.some((part) => part.note) || all.some((promise) => promise.value === null || promise.bound === "at_least"),
      };
    });
  }).map((offer, place) => ({ ...offer, place }));
}

// outdoes tells whether an amount of one offer is paid instead of the least of another: of equal amounts the first in
// print.
const outdoes = (amount, offer, other) => amount > other.least || (amount === other.least && offer.place < other.place);

// mayOutdo tells whether one offer may turn out to be paid instead of another.
const mayOutdo = (offer, other) => offer.endless || (offer.most !== null && (other.least === null || outdoes(offer.most, offer, other)));

// unsureBeside gives the cash that is not sure to be paid, and that no other counts for: what may be paid instead, or
// instead of that, is no cash, or more is sure of it.
function unsureBeside(data, answers, left) {
  const offers = offersOf(data, answers);
  const chosenBy = (a, b) => data.choices.find((c) => c.members[a.service] === a.measure && c.members[b.service] === b.measure);
  return offers.filter((o) => o.cash && o.least !== null).flatMap((of) => {
    const heirs = [of];
    for (const heir of heirs) {
      heirs.push(...offers.filter((o) => mayOutdo(o, of) && mayOutdo(o, heir) && chosenBy(o, heir) && !heirs.includes(o)));
    }
    const taken = heirs.some((o) => !o.cash || (o.least !== null && outdoes(o.least, o, of)));
    if (!taken || left.some((n) => n.service === of.service && n.measure === of.measure)) return [];
    const choice = chosenBy(of, heirs[1]);
    return [{
      service: of.service, measure: of.measure, in_favour_of: heirs[1].service, in_favour_of_measure: heirs[1].measure,
      possibly: true, reason: choice.reason, cite: choice.cite,
    }];
  });
}

// axesOf gives the axes of an attribute.
function axesOf(data, attribute) {
  return data.axes.flatMap((axis, i) => (axis.attribute === attribute ? [i] : []));
}

// needs gives the attributes that an answer waits for. What is asked only of some waits until it is
// known whether the elder is one of them.
function needs(data, answer, cells) {
  const all = answer.needs.map((axis) => {
    while (data.axes[axis].asked_of >= 0 && !cells[data.axes[axis].asked_of]) axis = data.axes[axis].asked_of;
    return data.axes[axis].attribute;
  });
  return [...new Set(all)];
}

// questions gives the attributes that still matter, the one to ask next first: whose answer settles
// most services on average, then in the worst case, then the one that bears on most.
function questions(data, given) {
  const cells = derive(data, given);
  const waiting = data.services
    .map((service) => ({ service, needs: needs(data, reach(service, cells), cells) }))
    .filter((w) => w.needs.length);
  return data.attributes
    .map((_, attribute) => {
      const services = waiting.filter((w) => w.needs.includes(attribute)).map((w) => w.service);
      return { attribute, services: services.length, ...score(data, cells, attribute, services) };
    })
    .filter((q) => q.services)
    .sort((a, b) => b.settles - a.settles || b.least - a.least || b.services - a.services || a.attribute - b.attribute);
}

// score tells how many of the services an answer settles, on average and at least.
function score(data, cells, attribute, services) {
  const settled = answered(data, cells, attribute, services)
    .map((elder) => services.map((service) => reach(service, elder)))
    .filter((answers) => !answers.includes(null))
    .map((answers) => answers.filter((a) => !a.needs.length).length);
  if (!settled.length) return { settles: 0, least: 0 };
  return { settles: settled.reduce((a, b) => a + b, 0) / settled.length, least: Math.min(...settled) };
}

// Of a set with more values that make a difference only lists without the others are tried.
const MOST_MEMBERS = 8;

// answered gives the elder with each answer, one for each group that the services do not tell apart.
function answered(data, cells, attribute, services) {
  const axes = axesOf(data, attribute);
  let members = 0;
  return axes.reduce((elders, axis) => {
    let tried = apart(data, axis, services);
    if (axes.length > 1 && tried.length > 1 && ++members > MOST_MEMBERS) tried = tried.slice(0, 1);
    return elders.flatMap((elder) => tried.map((cell) => put(elder, axis, cell)));
  }, [cells]);
}

// apart gives a cell of each class of an axis that the services or contradictions tell apart.
function apart(data, axis, services) {
  const told = [data.axes[axis].classes, ...services.flatMap((s) => (s.classes[axis] ? [s.classes[axis]] : []))];
  const firsts = new Map();
  for (const cell of told.flatMap((runs) => runs.filter((_, i) => i % 2 === 0)).sort((a, b) => a - b)) {
    const key = told.map((runs) => at(runs, cell)).join();
    if (!firsts.has(key)) firsts.set(key, cell);
  }
  return [...firsts.values()];
}

// because gives few of the given attributes that suffice by themselves for what an elder has of a
// service: without any one of them it would not be certain.
function because(data, given, service) {
  const has = (cells) => {
    const { entitled, possible } = reach(service, derive(data, cells));
    return JSON.stringify([entitled && [entitled.promises, entitled.bundles], !entitled && possible]);
  };
  const kept = [...given];
  const before = has(given);
  for (let attribute = data.attributes.length - 1; attribute >= 0; attribute--) {
    const without = [...kept];
    for (const axis of axesOf(data, attribute)) without[axis] = 0;
    if (has(without) === before) kept.splice(0, kept.length, ...without);
  }
  return data.attributes.flatMap((a, i) => (kept[a.first] ? [i] : []));
}
