/** ICU messages (Unicode MessageFormat 1) become TypeScript: a message without arguments a string, one with
 *  arguments a function of them. Pure. The text is read by formatjs' parser; nothing of it is on the wire. */
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';

/** One part of a language's words, as its JSON file has them. */
export interface Messages {
  readonly [key: string]: Message;
}
type Message = string | readonly Message[] | Messages;

/** The name of an argument, and its type in TypeScript. */
export type Arguments = ReadonlyMap<string, string>;

export interface Compiled {
  /** An object literal. */
  readonly source: string;
  /** What of `formats.ts` it calls. */
  readonly uses: ReadonlySet<string>;
}

interface Style {
  /** Whether functions name the types of their arguments; otherwise they get them from their context. */
  readonly typed: boolean;
  /** What is done to each piece of text. */
  readonly text: (piece: string) => string;
}

export class MessageError extends Error {
  override name = 'MessageError';
}

export function compile(messages: Message, style: Style): Compiled {
  const uses = new Set<string>();
  return { source: expressionOf(messages, { ...style, uses }, []), uses };
}

/** The arguments of each message, by the path to it. A message without arguments is there too. */
export function argumentsOf(messages: Message, path: readonly string[] = []): Map<string, Arguments> {
  if (typeof messages === 'string') return new Map([[path.join('.'), collect(elementsOf(messages, path))]]);
  return new Map(
    Object.entries(messages).flatMap(([key, message]) => [...argumentsOf(message, [...path, key])]),
  );
}

/** What the second language lacks, has too much, or says with other arguments than the first. */
export function differences(first: Messages, second: Messages): string[] {
  const expected = argumentsOf(first);
  const found = argumentsOf(second);
  const signature = (given: Arguments) =>
    [...given]
      .map(([name, type]) => `${name}: ${type}`)
      .sort()
      .join(', ');
  return [
    ...[...expected.keys()].filter((key) => !found.has(key)).map((key) => `${key} is missing`),
    ...[...found.keys()].filter((key) => !expected.has(key)).map((key) => `${key} is not needed`),
    ...[...expected].flatMap(([key, given]) => {
      const other = found.get(key);
      if (other === undefined || signature(other) === signature(given)) return [];
      return [`${key} has the arguments {${signature(other)}} and not {${signature(given)}}`];
    }),
  ];
}

const UNUSED = new Set([TYPE.date, TYPE.time, TYPE.tag]);

type Work = Style & { readonly uses: Set<string> };

function expressionOf(message: Message, work: Work, path: readonly string[]): string {
  if (typeof message === 'string') return functionOf(elementsOf(message, path), work);
  const inner = Object.entries(message).map(([key, value]): [string, string] => [
    key,
    expressionOf(value, work, [...path, key]),
  ]);
  if (Array.isArray(message)) return `[${inner.map(([, value]) => value).join(', ')}]`;
  return `{ ${inner.map(([key, value]) => `${key}: ${value}`).join(',\n')} }`;
}

function elementsOf(message: string, path: readonly string[]): MessageFormatElement[] {
  try {
    return parse(message, { ignoreTag: true, shouldParseSkeletons: true, requiresOtherClause: true });
  } catch (cause) {
    throw new MessageError(`${path.join('.')}: ${String(cause)}`, { cause });
  }
}

function functionOf(elements: readonly MessageFormatElement[], work: Work): string {
  const given = collect(elements);
  if (given.size === 0) {
    return JSON.stringify(
      elements.map((element) => (element.type === TYPE.literal ? work.text(element.value) : '')).join(''),
    );
  }
  const names = [...given.keys()].join(', ');
  const types = work.typed ? `: { ${[...given].map(([name, type]) => `${name}: ${type}`).join('; ')} }` : '';
  return `({ ${names} }${types}) => ${templateOf(elements, work, null)}`;
}

/** `counted`: the argument for which `#` stands. */
function templateOf(elements: readonly MessageFormatElement[], work: Work, counted: string | null): string {
  return `\`${elements.map((element) => pieceOf(element, work, counted)).join('')}\``;
}

function pieceOf(element: MessageFormatElement, work: Work, counted: string | null): string {
  switch (element.type) {
    case TYPE.literal:
      return work.text(element.value).replace(/[`\\]|\$\{/g, '\\$&');
    case TYPE.argument:
      return `\${${element.value}}`;
    case TYPE.pound:
      work.uses.add('number');
      return `\${number(${counted ?? ''})}`;
    case TYPE.number: {
      work.uses.add('number');
      return `\${number(${element.value}${optionsOf(element.style)})}`;
    }
    case TYPE.plural: {
      work.uses.add('plural');
      const forms = Object.entries(element.options).map(
        ([form, { value }]) => `'${form}': ${templateOf(value, work, element.value)}`,
      );
      return `\${plural(${element.value}, { ${forms.join(', ')} })}`;
    }
    case TYPE.select: {
      const forms = Object.entries(element.options)
        .filter(([form]) => form !== 'other')
        .map(([form, { value }]) => `${form}: ${templateOf(value, work, counted)}`);
      return `\${{ ${forms.join(', ')} }[${element.value}]}`;
    }
    default:
      throw new MessageError(`a ${TYPE[element.type]} cannot be said`);
  }
}

function optionsOf(style: Extract<MessageFormatElement, { type: TYPE.number }>['style']): string {
  if (style === undefined || style === null) return '';
  if (typeof style === 'string') throw new MessageError(`a skeleton is wanted, as in ::.0, not ${style}`);
  return `, ${JSON.stringify(style.parsedOptions)}`;
}

function collect(elements: readonly MessageFormatElement[]): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, type: string) => {
    const before = found.get(name);
    if (before !== undefined && before !== type) throw new MessageError(`${name} is ${before} and ${type}`);
    found.set(name, type);
  };
  for (const element of elements) {
    if (UNUSED.has(element.type)) throw new MessageError(`dates, times and tags are not used here`);
    if (element.type === TYPE.argument) add(element.value, 'string');
    if (element.type === TYPE.number) add(element.value, 'number');
    if (element.type === TYPE.plural) add(element.value, 'number');
    if (element.type === TYPE.select) add(element.value, choiceOf(element));
    if (element.type !== TYPE.plural && element.type !== TYPE.select) continue;
    for (const { value } of Object.values(element.options)) {
      for (const [name, type] of collect(value)) add(name, type);
    }
  }
  return found;
}

/** A select says all that there is: the form `other`, which ICU wants, is empty. */
function choiceOf({ value, options }: Extract<MessageFormatElement, { type: TYPE.select }>): string {
  if (options['other']?.value.length !== 0)
    throw new MessageError(`the form other of ${value} is to be empty`);
  return Object.keys(options)
    .filter((form) => form !== 'other')
    .map((form) => `'${form}'`)
    .sort()
    .join(' | ');
}
