// Generated from src/visavis/signaling by `make protocol`. Do not edit.

export const PROTOCOL_VERSION = 1;

export const MAX_CANDIDATES = 64;

/** Every code that the server may answer with. */
export type ServerErrorCode =
  | 'account_exists'
  | 'account_not_allowed'
  | 'account_not_found'
  | 'admin_required'
  | 'already_in_room'
  | 'api_key_invalid'
  | 'api_key_not_found'
  | 'busy'
  | 'candidate_too_large'
  | 'capacity_invalid'
  | 'description_too_large'
  | 'email_invalid'
  | 'event_unknown'
  | 'excluded'
  | 'internal'
  | 'keys_unavailable'
  | 'knock_decided'
  | 'knock_denied'
  | 'knock_needed'
  | 'knock_not_found'
  | 'link_invalid'
  | 'lobby_full'
  | 'mail_off'
  | 'message_invalid'
  | 'message_too_large'
  | 'method_not_allowed'
  | 'name_too_long'
  | 'not_allowed'
  | 'not_found'
  | 'not_in_room'
  | 'not_prepared'
  | 'origin_refused'
  | 'participant_away'
  | 'participant_not_found'
  | 'passcode_invalid'
  | 'passcode_needed'
  | 'passcode_wrong'
  | 'password_too_common'
  | 'password_too_long'
  | 'password_too_short'
  | 'password_wrong'
  | 'provider_answer_invalid'
  | 'provider_refused'
  | 'provider_unavailable'
  | 'rate_limited'
  | 'room_exists'
  | 'room_full'
  | 'room_id_invalid'
  | 'room_locked'
  | 'room_not_found'
  | 'room_not_open'
  | 'room_over'
  | 'session_not_found'
  | 'sign_in_failed'
  | 'sign_in_required'
  | 'sign_in_stale'
  | 'signup_closed'
  | 'storage_unavailable'
  | 'text_empty'
  | 'text_too_long'
  | 'ticket_expired'
  | 'ticket_invalid'
  | 'times_invalid'
  | 'token_expired'
  | 'token_for_other_room'
  | 'token_invalid'
  | 'too_many_attempts'
  | 'too_many_candidates'
  | 'user_name_invalid'
  | 'version_unsupported';

/**
 * The `auth` payload of the Socket.IO CONNECT packet.
 */
export interface Handshake {
  readonly version: number;
}

/**
 * The ack of a request that was not carried out: `status` is "error".
 */
export interface Refused {
  readonly status: 'error';
  readonly code: string;
  readonly message: string;
}

/**
 * Make a room. Without `room_id` the server makes one up, as for every room that does not last.
 * `host_key`: of the room of that id that was deleted.
 */
export interface CreateRoom {
  readonly roomId?: string | null;
  readonly capacity?: number | null;
  readonly lasting?: boolean;
  readonly settings?: SettingsChange;
  readonly hostKey?: string | null;
}

/**
 * Settings of a room that are to be others; those that are absent stay. See `RoomSettings`.
 *
 * `passcode`: 4 to 64 characters; null: none any more.
 */
export interface SettingsChange {
  readonly name?: string;
  readonly capacity?: number;
  readonly passcode?: string | null;
  readonly lobby?: boolean;
  readonly locked?: boolean;
  readonly share?: 'everybody' | 'moderators';
  readonly chat?: 'everybody' | 'moderators';
  readonly answerWhenAlone?: 'nobody' | 'participants';
  readonly opensAt?: number | null;
  readonly expiresAt?: number | null;
  readonly once?: boolean;
}

/**
 * `host_key`: makes whoever has it a host of the room; for guests only, and only now.
 */
export interface RoomCreated {
  readonly status: 'ok';
  readonly roomId: string;
  readonly capacity: number;
  readonly hostKey?: string | null;
}

/**
 * Negotiate links with the members of a room before one enters it; anew, if one has done so before.
 */
export interface Prepare {
  readonly roomId: string;
  readonly token?: string | null;
  readonly passcode?: string | null;
  readonly hostKey?: string | null;
  readonly browser?: string | null;
}

/**
 * `links`: how many are being prepared. `refresh_in`: seconds after which to ask anew. `refusal`:
 * the code with which `joinRoom` would be refused now; null: one may enter, or knock.
 */
export interface LinksPrepared {
  readonly status: 'ok';
  readonly links: number;
  readonly refreshIn: number;
  readonly ice: Ice;
  readonly refusal?: string | null;
}

/**
 * The STUN and TURN servers of one participant.
 *
 * `relay_only`: the server wants all media to go through TURN. `expires_in`: seconds for which the
 * credentials are good, to be renewed before by `getIceServers`; null: for ever.
 */
export interface Ice {
  readonly servers: readonly IceServer[];
  readonly relayOnly: boolean;
  readonly expiresIn: number | null;
}

/**
 * An RTCIceServer (W3C WebRTC, section 4.2.2). Credentials stand with TURN servers only.
 */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/**
 * Give up a link that is being prepared, or all of them.
 */
export interface Unprepare {
  readonly link?: string | null;
}

/**
 * Nothing to tell but that it was done.
 */
export interface Done {
  readonly status: 'ok';
}

/**
 * Enter a room as a new participant, or wait at its door. `offers`: for members with whom no link is
 * prepared. `token`: a room token, which says who it is. `browser`: a random text by which the browser
 * is known again. `knock`: of `Waiting`.
 */
export interface JoinRoom {
  readonly roomId: string;
  readonly name?: string;
  readonly media?: Media;
  readonly offers?: readonly RTCSessionDescriptionInit[];
  readonly token?: string | null;
  readonly passcode?: string | null;
  readonly hostKey?: string | null;
  readonly browser?: string | null;
  readonly knock?: string | null;
}

/**
 * What a participant sends at the moment. A muted microphone is `audio: false`.
 */
export interface Media {
  readonly audio: boolean;
  readonly video: boolean;
  readonly screen?: boolean;
}

/**
 * The way in, and the way back in: `ticket` is what `resume` takes.
 *
 * `grace`: for how many seconds a place is kept for one whose connection is lost.
 */
export interface RoomEntered {
  readonly status: 'ok';
  readonly participantId: string;
  readonly ticket: string;
  readonly grace: number;
  readonly room: RoomSnapshot;
  readonly ice: Ice;
  readonly prepared?: readonly ReadyLink[];
  readonly knocks?: readonly Knock[];
}

/**
 * All that a member knows of the room, as of `version`. Participants by `joined_at`, then id.
 *
 * An `epoch` other than that of the last snapshot means that the server has begun the roster anew
 * (it was restarted): who is missing from it may be about to resume.
 */
export interface RoomSnapshot {
  readonly id: string;
  readonly capacity: number;
  readonly epoch: string;
  readonly version: number;
  readonly participants: readonly Participant[];
  readonly settings?: RoomSettings;
}

/**
 * A member of a room as the others see it.
 *
 * `joined_at` orders them; `hand` orders those who wait to speak, and is null while the hand is down.
 * Both in seconds since the epoch. `silenced`: a moderator muted it, and it has not unmuted itself since:
 * do not play its sound, whatever comes.
 */
export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly joinedAt: number;
  readonly media: Media;
  readonly presence: 'connected' | 'reconnecting';
  readonly hand?: number | null;
  readonly role?: 'host' | 'moderator' | 'participant';
  readonly silenced?: boolean;
}

/**
 * What a room lets people do. What is absent is as it usually is.
 *
 * `passcode`: whether it has one. `lobby`: whether one knocks. `locked`: nobody new enters. `share`,
 * `chat`: who may show a screen, and write to all. `answer_when_alone`: who lets people in while neither
 * host nor moderator is there. Times in seconds since the epoch. `once`: the room is over soon after its
 * first call.
 */
export interface RoomSettings {
  readonly name?: string;
  readonly passcode?: boolean;
  readonly lobby?: boolean;
  readonly locked?: boolean;
  readonly share?: 'everybody' | 'moderators';
  readonly chat?: 'everybody' | 'moderators';
  readonly answerWhenAlone?: 'nobody' | 'participants';
  readonly opensAt?: number | null;
  readonly expiresAt?: number | null;
  readonly once?: boolean;
}

/**
 * A link that one had made ready before one entered, and whose it is now.
 *
 * `link`: the id under which it was prepared, with the other side's candidates that were held back.
 * `offer`: where none was prepared, which of the offers of `joinRoom` went there, from 0.
 */
export interface ReadyLink {
  readonly participantId: string;
  readonly link?: string | null;
  readonly offer?: number | null;
  readonly candidates?: readonly RTCIceCandidateInit[];
}

/**
 * Somebody before the door. `name`: what they call themselves. `account`: how the server knows them,
 * null for guests. `at`: since when, in seconds since the epoch.
 */
export interface Knock {
  readonly id: string;
  readonly name: string;
  readonly account: string | null;
  readonly at: number;
}

/**
 * One waits at the door. `knock` is what to enter with when `admitted` comes, and what to go on
 * waiting with on another connection. `attended`: whether somebody is there who may let one in.
 */
export interface Waiting {
  readonly status: 'ok';
  readonly knock: string;
  readonly waiting: boolean;
  readonly attended: boolean;
}

/**
 * Take one's place again, with the ticket of the last `RoomEntered`.
 */
export interface Resume {
  readonly ticket: string;
  readonly media?: Media;
}

/**
 * Leave for good, or stop waiting at the door. The ack comes after the others were told.
 */
export type LeaveRoom = Readonly<Record<never, never>>;

/**
 * Ask for a snapshot: after a gap in the versions.
 */
export type GetRoom = Readonly<Record<never, never>>;

export interface RoomState {
  readonly status: 'ok';
  readonly room: RoomSnapshot;
}

/**
 * Ask for ICE servers with fresh credentials.
 */
export type GetIceServers = Readonly<Record<never, never>>;

export interface IceServers {
  readonly status: 'ok';
  readonly ice: Ice;
}

/**
 * Tell the others that a microphone or camera went on or off.
 */
export interface UpdateMedia {
  readonly media: Media;
}

/**
 * Raise or lower one's hand.
 */
export interface SetHand {
  readonly raised: boolean;
}

/**
 * Show the others what one feels. It passes, and is not kept.
 */
export interface React {
  readonly reaction: 'celebrate' | 'heart' | 'laugh' | 'no' | 'yes';
}

/**
 * Write to everybody in the room, or to one. Sent twice under one `id` it counts once.
 */
export interface WriteChat {
  readonly id: string;
  readonly text: string;
  readonly to?: string | null;
}

export interface ChatWritten {
  readonly status: 'ok';
  readonly message: ChatMessage;
}

/**
 * One message of the chat.
 *
 * `number`: its place in the call, from 1; who may not read all sees gaps. `id`: the writer's own name
 * for it. `at`: seconds since the epoch. `to`: its only reader; null: everybody.
 */
export interface ChatMessage {
  readonly number: number;
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly name: string;
  readonly to: string | null;
  readonly text: string;
}

/**
 * Ask for the messages after number `since`.
 */
export interface ReadChat {
  readonly since?: number;
}

export interface ChatRead {
  readonly status: 'ok';
  readonly messages: readonly ChatMessage[];
}

/**
 * An SDP offer for one participant of one's own room (RFC 3264), or for a link that is prepared.
 */
export interface Offer {
  readonly to: string;
  readonly description: RTCSessionDescriptionInit;
}

/**
 * An SDP answer for one participant of one's own room (RFC 3264).
 */
export interface Answer {
  readonly to: string;
  readonly description: RTCSessionDescriptionInit;
}

/**
 * A batch of ICE candidates for one participant of one's own room (RFC 8838).
 */
export interface IceCandidate {
  readonly to: string;
  readonly candidates: readonly RTCIceCandidateInit[];
}

/**
 * How long it took to enter, in milliseconds from the press on Join: for the log and the
 * history of calls.
 *
 * `ack`: until the server had let one in. `ice`, `dtls`, `frame`: until the first of the links had
 * a path and was secured, and until its first picture was painted; None where it never was.
 */
export interface JoinTimed {
  readonly way: 'offered' | 'plain' | 'prepared';
  readonly ack: number;
  readonly ice?: number | null;
  readonly dtls?: number | null;
  readonly frame?: number | null;
}

/**
 * Let somebody in who knocks.
 */
export interface Admit {
  readonly knock: string;
}

/**
 * Let everybody in who knocks.
 */
export type AdmitAll = Readonly<Record<never, never>>;

/**
 * Let nobody in of those who knock now.
 */
export type DenyAll = Readonly<Record<never, never>>;

/**
 * Do not let somebody in who knocks.
 */
export interface Deny {
  readonly knock: string;
}

/**
 * Do something to a participant of one's own room.
 */
export interface Moderate {
  readonly participantId: string;
  readonly act: 'askToUnmute' | 'ban' | 'lowerHand' | 'mute' | 'remove' | 'stopShare';
}

/**
 * Give a participant another name.
 */
export interface Rename {
  readonly participantId: string;
  readonly name: string;
}

/**
 * Make a participant a moderator of this call, or a participant again.
 */
export interface Appoint {
  readonly participantId: string;
  readonly role: 'moderator' | 'participant';
}

/**
 * End the call for everybody.
 */
export type EndForAll = Readonly<Record<never, never>>;

/**
 * Change settings of the room that one is in.
 */
export interface ChangeRoom {
  readonly settings: SettingsChange;
}

/**
 * Ask who stays out of the room.
 */
export type GetExclusions = Readonly<Record<never, never>>;

export interface Exclusions {
  readonly status: 'ok';
  readonly exclusions: readonly Exclusion[];
}

/**
 * Somebody who stays out of a room. `until`: seconds since the epoch; null: until it is lifted.
 */
export interface Exclusion {
  readonly id: string;
  readonly name: string;
  readonly why: 'removed' | 'banned';
  readonly at: number;
  readonly until: number | null;
}

/**
 * Let somebody come in again who was removed or banned.
 */
export interface Readmit {
  readonly exclusion: string;
}

/**
 * Somebody is about to enter: make an offer, without candidates, to `link`.
 */
export interface VisitorCame {
  readonly link: string;
}

/**
 * Nothing will become of a link that was being prepared.
 */
export interface Unprepared {
  readonly link: string;
}

/**
 * Somebody enters, with whom there is a link already. `userJoined` follows.
 *
 * `link`: the id under which it was prepared, with the candidates that were held back. Where there is
 * none, `offer` is to be answered.
 */
export interface Prepared {
  readonly participantId: string;
  readonly link?: string | null;
  readonly offer?: RTCSessionDescriptionInit | null;
  readonly candidates?: readonly RTCIceCandidateInit[];
}

export interface UserJoined {
  readonly version: number;
  readonly participant: Participant;
}

/**
 * A participant's media or presence changed. The whole participant is sent.
 */
export interface UserUpdated {
  readonly version: number;
  readonly participant: Participant;
}

export interface UserLeft {
  readonly version: number;
  readonly participantId: string;
  readonly reason: 'left' | 'removed' | 'timedOut';
}

/**
 * The room's settings changed. All of them are sent.
 */
export interface RoomChanged {
  readonly version: number;
  readonly capacity: number;
  readonly settings: RoomSettings;
}

/**
 * This connection is out of its room without having asked for it.
 *
 * `replaced`: another connection resumed with the same ticket. `removed`: one was removed. `closed`:
 * the call was ended for all. `account`: one's account was disabled or deleted.
 */
export interface Ended {
  readonly reason: 'account' | 'closed' | 'removed' | 'replaced';
}

/**
 * Somebody knocks, and one may answer.
 */
export interface Knocked {
  readonly knock: Knock;
}

/**
 * A knock is not one's own to answer any more: it was answered, or whoever knocked is gone.
 */
export interface KnockEnded {
  readonly knock: string;
}

/**
 * While one waits: whether somebody is there who may let one in.
 */
export interface Attended {
  readonly attended: boolean;
}

/**
 * One is let in: send `joinRoom` again, with the knock.
 */
export type Admitted = Readonly<Record<never, never>>;

/**
 * One is not let in. `full`: nobody said so; others have the places at the door.
 */
export interface Denied {
  readonly full?: boolean;
}

/**
 * What was done to oneself. `by`: the participant id of who did it; null: it was done from outside of
 * the call, or by the rules of the room. `ticket`: replaces the last one.
 */
export interface Moderated {
  readonly act: 'appoint' | 'askToUnmute' | 'lowerHand' | 'mute' | 'rename' | 'stopShare';
  readonly by: string | null;
  readonly name?: string | null;
  readonly role?: 'host' | 'moderator' | 'participant' | null;
  readonly ticket?: string | null;
}

/**
 * The server is being stopped: come back in so many seconds, so that not all come at once.
 */
export interface Stopping {
  readonly comeBackIn: number;
}

export interface Reacted {
  readonly from: string;
  readonly reaction: 'celebrate' | 'heart' | 'laugh' | 'no' | 'yes';
}

export interface ChatReceived {
  readonly message: ChatMessage;
}

export interface OfferReceived {
  readonly from: string;
  readonly description: RTCSessionDescriptionInit;
}

export interface AnswerReceived {
  readonly from: string;
  readonly description: RTCSessionDescriptionInit;
}

export interface IceCandidateReceived {
  readonly from: string;
  readonly candidates: readonly RTCIceCandidateInit[];
}

/**
 * One's own account.
 */
export interface AccountView {
  readonly id: string;
  readonly userName: string | null;
  readonly email: string | null;
  readonly name: string;
  readonly admin: boolean;
}

/**
 * The calls that began last, the latest first. `more`: whether there are earlier ones.
 */
export interface CallList {
  readonly calls: readonly CallView[];
  readonly more: boolean;
}

/**
 * A call in which one was. `endedAt`: null while it goes on. `join`: how long one took to enter; null
 * where nobody was there yet, or it is not known.
 */
export interface CallView {
  readonly id: string;
  readonly roomId: string;
  readonly beganAt: number;
  readonly endedAt: number | null;
  readonly people: readonly PersonView[];
  readonly join: JoinView | null;
}

/**
 * Counts of what is alive on this node. `status` is "ok" while it takes calls.
 *
 * `turn`: "off", "absent", "starting", "running", "restarting" or "failed". `history`: "ok", or how far it
 * is behind.
 */
export interface Health {
  readonly status: string;
  readonly version: string;
  readonly rooms: number;
  readonly participants: number;
  readonly turn: string;
  readonly history: string;
}

/**
 * A room as its hosts see it.
 */
export interface HostedRoom {
  readonly id: string;
  readonly capacity: number;
  readonly name: string;
  readonly passcode: boolean;
  readonly lobby: boolean;
  readonly locked: boolean;
  readonly share: 'everybody' | 'moderators';
  readonly chat: 'everybody' | 'moderators';
  readonly answerWhenAlone: 'nobody' | 'participants';
  readonly opensAt: number | null;
  readonly expiresAt: number | null;
  readonly once: boolean;
  readonly createdAt: number;
  readonly role: 'host' | 'moderator';
  readonly state: 'open' | 'notOpen' | 'over';
  readonly inside: readonly string[];
  readonly waiting: number;
  readonly lastCallAt: number | null;
  readonly exclusions: readonly Exclusion[];
  readonly moderators: readonly Moderator[];
}

/**
 * How long one took to enter, in milliseconds from the press on Join: as `joinTimed`.
 */
export interface JoinView {
  readonly way: string;
  readonly ack: number;
  readonly ice: number | null;
  readonly dtls: number | null;
  readonly frame: number | null;
}

/**
 * What a one-time link is for. `email`: of the account that it makes, where that is settled.
 */
export interface LinkView {
  readonly purpose: 'invitation' | 'firstAdministrator' | 'passwordReset';
  readonly expiresAt: number;
  readonly email: string | null;
}

/**
 * A room of those who look after it.
 *
 * `role`: what one is there. `state`: whether it is its time, by the server's clock. `inside`: names of
 * those who are in the call. `waiting`: how many knock. `lastCallAt`: when the last call began. Times in
 * seconds since the epoch; `createdAt` is 0 where nobody noted it.
 */
export interface ListedRoom {
  readonly id: string;
  readonly capacity: number;
  readonly name: string;
  readonly passcode: boolean;
  readonly lobby: boolean;
  readonly locked: boolean;
  readonly share: 'everybody' | 'moderators';
  readonly chat: 'everybody' | 'moderators';
  readonly answerWhenAlone: 'nobody' | 'participants';
  readonly opensAt: number | null;
  readonly expiresAt: number | null;
  readonly once: boolean;
  readonly createdAt: number;
  readonly role: 'host' | 'moderator';
  readonly state: 'open' | 'notOpen' | 'over';
  readonly inside: readonly string[];
  readonly waiting: number;
  readonly lastCallAt: number | null;
}

/**
 * The rooms that an account owns or moderates, the last that was made first. `more`: ask again with
 * `before`, the `createdAt` of the last of them.
 */
export interface ListedRooms {
  readonly rooms: readonly ListedRoom[];
  readonly more: boolean;
}

/**
 * A new room. `hostKey`: makes whoever has it a host; for guests only, and only now.
 */
export interface MadeRoom {
  readonly id: string;
  readonly capacity: number;
  readonly inside: readonly string[];
  readonly called?: string | null;
  readonly name?: string;
  readonly full?: boolean;
  readonly passcode?: boolean;
  readonly lobby?: boolean;
  readonly locked?: boolean;
  readonly opensAt?: number | null;
  readonly expiresAt?: number | null;
  readonly once?: boolean;
  readonly state?: 'open' | 'notOpen' | 'over';
  readonly role?: 'host' | 'moderator' | null;
  readonly hostKey?: string | null;
}

/**
 * Who one is here, and what the server allows. `account`: null for guests. `access`: for whom the
 * server is. `signup`: whether everybody may make an account. `mail`: whether the server sends mail.
 * `provider`: what the identity provider is called at which one can sign in; null where there is none.
 */
export interface Me {
  readonly account: AccountView | null;
  readonly access: 'open' | 'accounts' | 'closed';
  readonly signup: boolean;
  readonly mail: boolean;
  readonly provider: string | null;
}

/**
 * An account that moderates a room whenever it joins. `login`: its user name, or its email address.
 */
export interface Moderator {
  readonly id: string;
  readonly name: string;
  readonly login: string;
}

/**
 * Asks for an account, with a user name, an address, or both. `secret`: of the link by which one was
 * invited.
 */
export interface NewAccount {
  readonly secret?: string | null;
  readonly userName?: string | null;
  readonly email?: string | null;
  readonly name?: string;
  readonly password: string;
}

/**
 * Asks for a link with which somebody can have an account. `email`: where it is sent, too.
 */
export interface NewInvitation {
  readonly email?: string | null;
  readonly admin?: boolean;
}

/**
 * Makes an account a moderator, by its user name or email address.
 */
export interface NewModerator {
  readonly login: string;
}

/**
 * `old`: the present one.
 */
export interface NewPassword {
  readonly old: string;
  readonly new: string;
}

/**
 * Asks for a room. Without `id` the server makes one up.
 */
export interface NewRoom {
  readonly id?: string | null;
  readonly capacity?: number | null;
  readonly settings?: RoomChanges;
}

/**
 * A link, to be put behind the server's address.
 */
export interface OneTimePath {
  readonly path: string;
}

/**
 * Somebody's part in a call. `me`: one's own.
 */
export interface PersonView {
  readonly name: string;
  readonly joinedAt: number;
  readonly leftAt: number | null;
  readonly me: boolean;
}

/**
 * What one may know before one is in a room. `hasRelay`: whether participants get a TURN server.
 * `relayOnly`: whether all media goes through it.
 */
export interface PublicIce {
  readonly iceServers: readonly StunServer[];
  readonly hasRelay: boolean;
  readonly relayOnly: boolean;
}

/**
 * Settings of a room that are to be others; those that are absent stay.
 *
 * `passcode`: 4 to 64 characters; null: none any more. Times in seconds since the epoch.
 */
export interface RoomChanges {
  readonly name?: string;
  readonly capacity?: number;
  readonly passcode?: string | null;
  readonly lobby?: boolean;
  readonly locked?: boolean;
  readonly share?: 'everybody' | 'moderators';
  readonly chat?: 'everybody' | 'moderators';
  readonly answerWhenAlone?: 'nobody' | 'participants';
  readonly opensAt?: number | null;
  readonly expiresAt?: number | null;
  readonly once?: boolean;
}

/**
 * A room as seen from outside.
 *
 * `inside`: names, in order of entering; none where something keeps strangers out. `passcode`: whether one
 * is asked for it. `lobby`: whether one knocks. `locked`: whether nobody new enters. Times in seconds since
 * the epoch; `state`: what they say of now. `called`: the name in the room token that was shown. `role`:
 * what whoever asks would be there, by account, host key or token; absent where they would have no role.
 */
export interface RoomView {
  readonly id: string;
  readonly capacity: number;
  readonly inside: readonly string[];
  readonly called?: string | null;
  readonly name?: string;
  readonly full?: boolean;
  readonly passcode?: boolean;
  readonly lobby?: boolean;
  readonly locked?: boolean;
  readonly opensAt?: number | null;
  readonly expiresAt?: number | null;
  readonly once?: boolean;
  readonly state?: 'open' | 'notOpen' | 'over';
  readonly role?: 'host' | 'moderator' | null;
}

export interface SessionList {
  readonly sessions: readonly SessionView[];
}

/**
 * A browser in which one is signed in. `userAgent`: what it says of itself. `current`: it is this one.
 */
export interface SessionView {
  readonly id: string;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly userAgent: string;
  readonly address: string;
  readonly current: boolean;
}

/**
 * `login`: a user name or an email address.
 */
export interface SignInRequest {
  readonly login: string;
  readonly password: string;
}

/**
 * One entry of RTCConfiguration.iceServers (W3C WebRTC, section 4.2.2), for STUN.
 */
export interface StunServer {
  readonly urls: readonly string[];
}

/** Client to server, by event. */
export interface Requests {
  readonly createRoom: { readonly request: CreateRoom; readonly reply: RoomCreated };
  readonly prepare: { readonly request: Prepare; readonly reply: LinksPrepared };
  readonly unprepare: { readonly request: Unprepare; readonly reply: Done };
  readonly joinRoom: { readonly request: JoinRoom; readonly reply: RoomEntered | Waiting };
  readonly resume: { readonly request: Resume; readonly reply: RoomEntered };
  readonly leaveRoom: { readonly request: LeaveRoom; readonly reply: Done };
  readonly getRoom: { readonly request: GetRoom; readonly reply: RoomState };
  readonly getIceServers: { readonly request: GetIceServers; readonly reply: IceServers };
  readonly updateMedia: { readonly request: UpdateMedia; readonly reply: Done };
  readonly setHand: { readonly request: SetHand; readonly reply: Done };
  readonly react: { readonly request: React; readonly reply: Done };
  readonly chat: { readonly request: WriteChat; readonly reply: ChatWritten };
  readonly getChat: { readonly request: ReadChat; readonly reply: ChatRead };
  readonly offer: { readonly request: Offer; readonly reply: Done };
  readonly answer: { readonly request: Answer; readonly reply: Done };
  readonly iceCandidate: { readonly request: IceCandidate; readonly reply: Done };
  readonly joinTimed: { readonly request: JoinTimed; readonly reply: Done };
  readonly admit: { readonly request: Admit; readonly reply: Done };
  readonly admitAll: { readonly request: AdmitAll; readonly reply: Done };
  readonly denyAll: { readonly request: DenyAll; readonly reply: Done };
  readonly deny: { readonly request: Deny; readonly reply: Done };
  readonly moderate: { readonly request: Moderate; readonly reply: Done };
  readonly rename: { readonly request: Rename; readonly reply: Done };
  readonly appoint: { readonly request: Appoint; readonly reply: Done };
  readonly endForAll: { readonly request: EndForAll; readonly reply: Done };
  readonly changeRoom: { readonly request: ChangeRoom; readonly reply: Done };
  readonly getExclusions: { readonly request: GetExclusions; readonly reply: Exclusions };
  readonly readmit: { readonly request: Readmit; readonly reply: Done };
}

/** Server to client, by event. */
export interface Notices {
  readonly visitorCame: VisitorCame;
  readonly unprepared: Unprepared;
  readonly prepared: Prepared;
  readonly userJoined: UserJoined;
  readonly userUpdated: UserUpdated;
  readonly userLeft: UserLeft;
  readonly roomChanged: RoomChanged;
  readonly ended: Ended;
  readonly knocked: Knocked;
  readonly knockEnded: KnockEnded;
  readonly attended: Attended;
  readonly admitted: Admitted;
  readonly denied: Denied;
  readonly moderated: Moderated;
  readonly stopping: Stopping;
  readonly reaction: Reacted;
  readonly chat: ChatReceived;
  readonly offer: OfferReceived;
  readonly answer: AnswerReceived;
  readonly iceCandidate: IceCandidateReceived;
}
