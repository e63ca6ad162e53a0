import { loadSurely } from './loadSurely';

/** What one needs from the press on Join on. */
export const loadInside = loadSurely(() => import('./inside'));
