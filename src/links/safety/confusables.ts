/*
 * Letters that are taken for others, in the small form of hosts' names. Drawn up in November 2026 by looking at letters of the scripts that
 * browsers show in addresses, after the idea of Unicode's UTS 39 (skeletons). It is short on purpose: only what looks like a-z and 0-9 counts,
 * for what is imitated is written in them. What NFKC folds already (full-width, mathematical letters, ligatures) does not stand here.
 */
const LOOK_ALIKES: readonly [string, string][] = [
  ['a', 'ɑαаӕⲁꭺ'],
  ['b', 'ьƅЬʙᖯꮟ'],
  ['c', 'сϲᴄⲥҫꮯↄ'],
  ['d', 'ԁɗđɖꭰժ'],
  ['e', 'еҽєɛεⲉꭼ'],
  ['f', 'ƒſꞙẝғ'],
  ['g', 'ɡցɢǥ'],
  ['h', 'һհħꮋ'],
  ['j', 'јϳյʝꭻ'],
  ['k', 'кκⲕқҝĸ'],
  ['l', '1iıіιɩӏⲓꙇǀ|łƚɫɪᛁוןاᎥꭵ'],
  ['m', 'мɱⲙꮇ'],
  ['n', 'ոռпηŋɲⲛ'],
  ['o', '0оοօσoøⲟ๐໐०০੦௦ഠဝ〇ჿסᴏꬽ○'],
  ['p', 'рρϱⲣþᑭ'],
  ['q', 'ԛգզ'],
  ['r', 'гᴦⲅɼɽꭇ'],
  ['s', '5ѕꜱʂƽꮪ'],
  ['t', 'тτŧƭⲧ'],
  ['u', 'υսцʋᴜμ'],
  ['v', 'νѵᴠⱱ'],
  ['w', 'ԝшѡաωщⲱ'],
  ['x', 'хχ×ҳⲭ'],
  ['y', 'уγүʏყỿⲩ'],
  ['z', 'ᴢʐᶎȥ'],
  ['3', 'зӡʒ'],
  ['4', 'ч'],
  ['6', 'бϭ'],
  ['8', 'ȣ৪'],
];

/** Two letters that are taken for one. */
const PAIRS: readonly [RegExp, string][] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
];

const foldOf = new Map(LOOK_ALIKES.flatMap(([plain, others]) => Array.from(others, (letter) => [letter, plain])));

/**
 * What a label looks like to somebody who reads in haste: two labels with one skeleton are easily confused. Marks above and below letters are
 * dropped, hyphens stay. Not for showing.
 */
export function skeletonOf(label: string): string {
  const bare = /^[a-z0-9-]*$/.test(label) ? label : bareOf(label);
  const folded = Array.from(bare, (letter) => foldOf.get(letter) ?? letter).join('');
  return PAIRS.reduce((text, [pair, one]) => text.replace(pair, one), folded);
}

function bareOf(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '');
}

/** Whether this letter, which is none of a-z and 0-9, is taken for one of them. */
export function isImitation(letter: string): boolean {
  return !/[a-z0-9]/.test(letter) && foldOf.has(letter);
}
