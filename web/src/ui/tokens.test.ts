/** tokens.css is the one place of colours, sizes and times: what the style sheets of the components say by
 *  themselves must have no token (docs/design-language.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const UI = import.meta.dirname;
const TOKENS = 'tokens.css';

const sheets = readdirSync(UI, { recursive: true, encoding: 'utf-8' }).filter(
  (name) => name.endsWith('.css') && name !== TOKENS,
);

interface Declaration {
  readonly property: string;
  readonly value: string;
}

function declarations(css: string): Declaration[] {
  const bare = css.replace(/\/\*.*?\*\//gs, '').replace(/@(media|container|keyframes)[^{]*\{/g, '{');
  return [...bare.matchAll(/(?<=[{;]\s*)([a-z-]+):\s*([^;{}]+);/g)].map(([, property = '', value = '']) => ({
    property,
    value,
  }));
}

/** What is said instead of a token; null where all is as it should be. */
function rawIn({ property, value }: Declaration): string | null {
  const rules: readonly (readonly [RegExp, RegExp])[] = [
    // A colour is never written out.
    [/./, /#[0-9a-f]{3,8}\b|\b(rgb|hsl|hwb|lab|lch|oklch|oklab|color)a?\(|\b(white|black|red|gray|grey)\b/i],
    // The steps of the 4 px grid.
    [/^(padding|margin|gap|row-gap|column-gap|inset)/, /(?<![\d.])(4|8|12|16|20|24|32|40|48|64|96)px/],
    [/^(font|font-size)$/, /(?<![\d.])(0\.75|0\.8125|0\.9375|1\.0625|1\.25|1\.625|2\.125|2\.875)rem/],
    [/radius$/, /[1-9]\d*px|rem/],
    [/^(transition|animation)/, /(?<![\d.])(?!0s)[\d.]+m?s\b/],
    [/^z-index$/, /^\d{2,}/],
  ];
  const broken = rules.find(
    ([properties, raw]) => properties.test(property) && raw.test(property === 'font' ? sizeIn(value) : value),
  );
  return broken === undefined ? null : `${property}: ${value}`;
}

/** Of the shorthand `font`: what stands before the line height. */
function sizeIn(font: string): string {
  return font.split('/')[0] ?? '';
}

describe('the style sheets', () => {
  it.each(sheets)('%s takes colours, sizes and times from the tokens', (name) => {
    const found = declarations(readFileSync(join(UI, name), 'utf-8'));
    expect(found.length).toBeGreaterThan(0);
    expect(found.map(rawIn).filter((raw) => raw !== null)).toEqual([]);
  });

  it('use no token that there is not', () => {
    const tokens = readFileSync(join(UI, TOKENS), 'utf-8');
    const all = sheets.map((name) => readFileSync(join(UI, name), 'utf-8')).join('\n');
    const known = new Set([...`${tokens}${all}`.matchAll(/(--[a-z0-9-]+):/g)].map(([, name]) => name));
    const used = new Set([...`${tokens}${all}`.matchAll(/var\((--[a-z0-9-]+)/g)].map(([, name]) => name));
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('contrast', () => {
  const themes = themesOf(readFileSync(join(UI, TOKENS), 'utf-8'));
  const pairs: readonly (readonly [string, string, number])[] = [
    ['--text', '--bg', 7],
    ['--text', '--surface-3', 7],
    ['--text-2', '--bg', 4.5],
    ['--text-2', '--surface-2', 4.5],
    ['--text-3', '--bg', 4.5],
    ['--text-3', '--surface-1', 4.5],
    ['--on-accent', '--accent', 4.5],
    ['--on-accent', '--accent-hover', 4.5],
    ['--accent-text', '--accent-soft', 4.5],
    ['--on-danger', '--danger', 4.5],
    ['--danger-text', '--danger-soft', 4.5],
    ['--danger-text', '--surface-1', 4.5],
    ['--caution', '--surface-1', 4.5],
    ['--caution', '--caution-soft', 4.5],
    ['--line-strong', '--surface-1', 3],
    ['--focus', '--bg', 3],
  ];

  it.each(Object.entries(themes))(
    'of the %s theme is enough for text and for the edges of fields',
    (_, theme) => {
      for (const [front, back, least] of pairs) {
        const found = contrast(theme.get(front) ?? '', theme.get(back) ?? '');
        expect(found, `${front} on ${back}`).toBeGreaterThanOrEqual(least);
      }
    },
  );
});

type Theme = ReadonlyMap<string, string>;

function themesOf(css: string): Readonly<Record<'light' | 'dark', Theme>> {
  const colours = (block: string) =>
    [...block.matchAll(/(--[a-z0-9-]+):\s*(#[0-9a-f]{6});/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );
  const plain = css.slice(0, css.indexOf('@media'));
  const [light = '', dark = ''] = plain.split(":root[data-theme='dark'],");
  return { light: new Map(colours(light)), dark: new Map([...colours(light), ...colours(dark)]) };
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
