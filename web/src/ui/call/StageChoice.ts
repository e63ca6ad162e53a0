import { createContext, use } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Corner } from '../../call/layout';
import type { Scene, StageView, TileKey } from '../../call/scene';
import { rememberedOwnPlace, rememberOwnPlace } from '../../lib/remember';

type Choice = Pick<Scene, 'view' | 'pinned' | 'page' | 'corner' | 'isOwnHidden'>;

/** How one wants to see the stage. Only where one's own picture is lasts beyond the call. */
export class StageChoice {
  readonly store: StoreApi<Choice> = createStore((): Choice => ({
    view: 'auto',
    pinned: null,
    page: 0,
    ...rememberedOwnPlace(),
  }));

  /** A view that was chosen lets go of what was pinned. */
  setView(view: StageView): void {
    this.store.setState({ view, pinned: null, page: 0 });
  }

  /** Keeps a tile large, or lets it go. */
  togglePin(key: TileKey): void {
    this.store.setState(({ pinned }) => ({ pinned: pinned === key ? null : key, page: 0 }));
  }

  turnPage(): void {
    this.store.setState(({ page }) => ({ page: page + 1 }));
  }

  moveOwn(corner: Corner): void {
    this.store.setState({ corner });
    rememberOwnPlace(this.store.getState());
  }

  toggleOwn(): void {
    this.store.setState(({ isOwnHidden }) => ({ isOwnHidden: !isOwnHidden }));
    rememberOwnPlace(this.store.getState());
  }
}

export const StageChoiceContext = createContext<StageChoice | null>(null);

export function useStageControl(): StageChoice {
  const choice = use(StageChoiceContext);
  if (choice === null) throw new Error('expected a choice of the stage around this component');
  return choice;
}

export function useStageChoice<Part>(select: (choice: Choice) => Part): Part {
  return useStore(useStageControl().store, select);
}
