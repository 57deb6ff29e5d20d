// Reads a feed from standard input with each parser and prints, as JSON, what each gives: parser -> reading.
//
// node read.mjs podcast:funding,podcast:person ... < feed.xml
//
// rss-parser sees a namespaced element only if it is told its name (its `customFields`): the argument lists them.
import { readFileSync } from "node:fs";
import { parseFeed } from "podcast-partytime";
import Parser from "rss-parser";

const feed = readFileSync(0, "utf8");
const names = process.argv[2].split(",");
const custom = names.map((name) => [name, name, { keepArray: true }]);
const rssParser = new Parser({ customFields: { feed: custom, item: custom } });

const readings = {
  "podcast-partytime": parseFeed(feed),
  "rss-parser": await rssParser.parseString(feed),
};
process.stdout.write(JSON.stringify(readings));
