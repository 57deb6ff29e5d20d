/* Finds episodes by the words of their titles and notes. The index is described in podcast_tool/render/search.py;
   fold, splitWords and shardsOf are that module's, so that both always mean the same words.
   It holds no words: what it says stands in the page, in data- attributes. */
"use strict";
(() => {
  const MAX_RESULTS = 50;
  const MAX_QUERY_WORDS = 10;
  const WAIT_MILLISECONDS = 150;

  // -- words

  const UNSPACED =
    "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3040-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff" +
    "\\u{20000}-\\u{3ffff}";
  const PART = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");
  const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");

  const fold = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .normalize("NFC")
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(/ς/g, "σ");

  const splitWords = (text) => {
    const words = [];
    for (const run of fold(text).match(/[\p{L}\p{N}]+/gu) || []) {
      for (const part of run.match(PART)) {
        const letters = [...part]; // by code point, as Python counts
        if (IS_UNSPACED.test(part)) letters.forEach((letter, at) => words.push(letter + (letters[at + 1] || "")));
        else if (letters.length >= 2) words.push(letters.slice(0, 32).join(""));
      }
    }
    return words;
  };

  // -- the index

  const form = document.querySelector("form.search");
  if (!form) return;
  const field = form.querySelector("input[name=q]");
  const status = form.querySelector("[role=status]");
  const results = form.querySelector(".results") || document.querySelector(".results");
  const root = document.documentElement.dataset.root || "";

  const fetched = new Map();
  // Asks the host each time whether it is still the same: a list and shards of different days do not fit together.
  const fetchJson = (name) => {
    if (!fetched.has(name)) {
      const answer = fetch(root + form.dataset.index + name, { cache: "no-cache" }).then((response) => {
        if (!response.ok) throw new Error(name);
        return response.json();
      });
      answer.catch(() => fetched.delete(name)); // so that it is tried again
      fetched.set(name, answer);
    }
    return fetched.get(name);
  };

  let list = null;
  const loadList = () => {
    if (!list) {
      list = fetchJson("episodes.json").then(({ nodes, episodes }) => ({
        nodes: new Map(Object.entries(nodes)), // a Map: "constructor" is a word like any other
        episodes: episodes.map(([slug, title, day]) => ({ slug, title, day })),
      }));
      list.catch(() => (list = null));
    }
    return list;
  };

  const shardName = (node, number) => {
    const spelt = [...node].map((letter) => (/[a-z0-9]/.test(letter) ? letter : `_${letter.codePointAt(0).toString(16)}`));
    return node ? `${number}-${spelt.join("")}.json` : `${number}.json`;
  };

  // Where words stand that begin with this one: in every node below it; else in one file of the node above it.
  const shardsOf = (word, nodes) => {
    const names = [];
    if (nodes.has(word)) {
      for (const [node, count] of nodes) {
        if (node.startsWith(word)) for (let number = 0; number < count; number++) names.push(shardName(node, number));
      }
      return names;
    }
    let length = word.length - 1;
    while (length > 0 && !nodes.has(word.slice(0, length))) length--;
    const node = word.slice(0, length);
    const count = nodes.get(node);
    return count ? [shardName(node, word.codePointAt(length) % count)] : [];
  };

  const numbersOf = async (word, nodes) => {
    const numbers = new Set();
    for (const shard of await Promise.all(shardsOf(word, nodes).map(fetchJson))) {
      for (const [entry, distances] of Object.entries(shard)) {
        if (!entry.startsWith(word)) continue;
        let number = 0;
        for (const distance of distances) numbers.add((number += distance));
      }
    }
    return numbers;
  };

  const isInTitle = (episode, words) => {
    episode.words = episode.words || splitWords(episode.title);
    return words.every((word) => episode.words.some((own) => own.startsWith(word)));
  };

  // Those whose titles hold every word, then the others; each the newest first.
  const find = async (words) => {
    const { nodes, episodes } = await loadList();
    const [first, ...others] = await Promise.all(words.map((word) => numbersOf(word, nodes)));
    const found = [...first].filter((number) => episodes[number] && others.every((numbers) => numbers.has(number)));
    found.sort((one, other) => other - one);
    const inTitle = found.filter((number) => isInTitle(episodes[number], words));
    const ahead = new Set(inTitle);
    return [...inTitle, ...found.filter((number) => !ahead.has(number))].map((number) => episodes[number]);
  };

  // -- the page

  const spellDay = (day) => {
    try {
      const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeZone: "UTC" });
      return format.format(new Date(day));
    } catch {
      return day; // a language that the browser does not know
    }
  };

  const resultOf = ({ slug, title, day }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const time = document.createElement("time");
    link.href = `${root}${encodeURIComponent(slug)}/`;
    link.textContent = title; // never as HTML
    time.dateTime = day;
    time.textContent = spellDay(day);
    item.append(link, " ", time);
    return item;
  };

  const show = (episodes, words) => {
    results.replaceChildren(...episodes.slice(0, MAX_RESULTS).map(resultOf));
    results.hidden = !episodes.length;
    status.textContent = words;
  };

  let query = 0;
  const search = async () => {
    const mine = ++query;
    const words = [...new Set(splitWords(field.value))].slice(0, MAX_QUERY_WORDS);
    if (!words.length) return show([], "");
    try {
      const found = await find(words);
      const { none = "", found: some = "" } = form.dataset;
      // A later query was faster, or has begun: this answer is stale.
      if (mine === query) show(found, found.length ? some.split("{count}").join(found.length) : none);
    } catch {
      if (mine === query) show([], form.dataset.failed || "");
    }
  };

  let timer = 0;
  const searchSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MILLISECONDS);
  };

  form.hidden = false;
  field.addEventListener("focus", () => loadList().catch(() => {}), { once: true });
  field.addEventListener("input", searchSoon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) field.value = asked;
  if (field.value) search(); // also what a browser put there again
})();
