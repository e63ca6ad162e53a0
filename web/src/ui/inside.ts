/** What one needs from the press on Join on, loaded while one is in the lobby: the page after the call too, for
 *  the server may be away when it is wanted. */
export { AfterPage } from './after/AfterPage';
export { WaitingPanel } from './lobby/WaitingPanel';
export { CallPage } from './call/CallPage';
export { DevicesMenu } from './shared/DevicesMenu';
export * as careRules from '../rtc/careRules';
