import type { ChatMessage } from '../src/protocol/messages.gen';
import type { TalkOptions } from '../src/call/Talk';

type Signaling = TalkOptions['signaling'];

/** A server that only knows what was written. */
export class SilentServer implements Signaling {
  readonly #messages: readonly ChatMessage[];

  constructor(messages: readonly ChatMessage[] = []) {
    this.#messages = messages;
  }

  request: Signaling['request'] = (event) =>
    event === 'getChat'
      ? Promise.resolve({ status: 'ok', messages: this.#messages } as never)
      : new Promise<never>(() => undefined);

  tell: Signaling['tell'] = () => undefined;

  onNotice: Signaling['onNotice'] = () => undefined;
}
