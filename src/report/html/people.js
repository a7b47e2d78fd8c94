// The accounts of the domain. They are compressed in the page, and decompressed at the first search.
"use strict";
// Accents and case are ignored.
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const fold = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]);
const words = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
// Text for searching: its words, each with a blank in front. One or two letters match only the beginning of a word, so that
// "it" finds the department and not every Smith. More letters match anywhere in a word.
const searchable = (text) => words(text).map((word) => ` ${word}`).join("");
const has_all = (searched, wanted) =>
  wanted.every((word) => searched.includes(word.length < 3 ? ` ${word}` : word));

const unpack = async (packed) => {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const lines = (await new Response(unpacked).text()).split("\n").filter(Boolean);
  return lines.map((line) => {
    const [guid, user, name] = line.split("\t");
    return { guid, user, name: name || user, searched: searchable(`${name} ${user}`) };
  });
};

// Finds accounts whose names have all words of the search. First come accounts that are called exactly so, then those with a
// word that begins like the first one.
const people_in = (template) => {
  let unpacked;
  return async (text) => {
    unpacked ??= unpack(template.content.textContent);
    const wanted = words(text);
    if (!wanted.length) return [];
    const found = (await unpacked).filter((person) => has_all(person.searched, wanted));
    const whole = searchable(text);
    const is_called = ({ user, name }) => [user, name].some((called) => searchable(called) === whole);
    const rank = (person) => (is_called(person) ? 0 : person.searched.includes(` ${wanted[0]}`) ? 1 : 2);
    const ranked = found.map((person) => [rank(person), person]);
    return ranked.sort(([one], [other]) => one - other).map(([, person]) => person);
  };
};
