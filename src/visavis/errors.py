"""The error tree. Every error that leaves the program carries a stable code.

::

    AppError
    |-- InputError            what a person typed or chose cannot be used
    |   |-- RoomIdInvalid        room_id_invalid
    |   |-- CapacityInvalid      capacity_invalid
    |   |-- NameTooLong          name_too_long
    |   |-- UserNameInvalid      user_name_invalid
    |   |-- EmailInvalid         email_invalid
    |   |-- TextEmpty            text_empty
    |   |-- TextTooLong          text_too_long
    |   |-- PasswordTooShort     password_too_short
    |   |-- PasswordTooLong      password_too_long
    |   `-- PasswordTooCommon    password_too_common
    |   |-- PasscodeInvalid      passcode_invalid
    |   `-- TimesInvalid         times_invalid
    |-- Refusal               understood, and the rules say no
    |   |-- RoomNotFound         room_not_found
    |   |-- RoomFull             room_full
    |   |-- RoomExists           room_exists
    |   |-- AlreadyInRoom        already_in_room
    |   |-- NotInRoom            not_in_room
    |   |-- ParticipantNotFound  participant_not_found
    |   |-- ParticipantAway      participant_away
    |   |-- TicketInvalid        ticket_invalid
    |   |-- TicketExpired        ticket_expired
    |   |-- NotPrepared          not_prepared
    |   |-- AccountExists        account_exists
    |   |-- AccountNotFound      account_not_found
    |   |-- LinkInvalid          link_invalid
    |   |-- RoomNotOpen          room_not_open
    |   |-- RoomOver             room_over
    |   |-- RoomLocked           room_locked
    |   |-- PasscodeNeeded       passcode_needed
    |   |-- PasscodeWrong        passcode_wrong
    |   |-- Excluded             excluded
    |   |-- KnockNeeded          knock_needed
    |   |-- KnockDenied          knock_denied
    |   |-- KnockNotFound        knock_not_found
    |   |-- KnockDecided         knock_decided
    |   |-- LobbyFull            lobby_full
    |   |-- NotAllowed           not_allowed
    |   |-- SignInRequired       sign_in_required
    |   |-- SignInFailed         sign_in_failed
    |   |-- PasswordWrong        password_wrong
    |   |-- AdminRequired        admin_required
    |   |-- SignupClosed         signup_closed
    |   |-- SessionNotFound      session_not_found
    |   |-- MailOff              mail_off
    |   |-- OriginRefused        origin_refused
    |   |-- TooManyAttempts      too_many_attempts
    |   |-- TokenInvalid         token_invalid
    |   |-- TokenExpired         token_expired
    |   |-- TokenForOtherRoom    token_for_other_room
    |   |-- ApiKeyInvalid        api_key_invalid
    |   |-- ApiKeyNotFound       api_key_not_found
    |   |-- SignInStale          sign_in_stale
    |   |-- ProviderRefused      provider_refused
    |   |-- AccountNotAllowed    account_not_allowed
    |   |-- ProviderAnswerInvalid provider_answer_invalid
    |   `-- RateLimited          rate_limited
    |-- ProtocolError         a program sent what the protocol does not allow
    |   |-- MessageInvalid       message_invalid
    |   |-- EventUnknown         event_unknown
    |   |-- MessageTooLarge      message_too_large
    |   |-- DescriptionTooLarge  description_too_large
    |   |-- CandidateTooLarge    candidate_too_large
    |   |-- TooManyCandidates    too_many_candidates
    |   |-- VersionUnsupported   version_unsupported
    |   |-- NotFound             not_found
    |   `-- MethodNotAllowed     method_not_allowed
    |-- Unavailable           a part of the server is gone for now; trying again helps
    |   |-- StorageUnavailable   storage_unavailable
    |   |-- Busy                 busy
    |   |-- KeysUnavailable      keys_unavailable
    |   `-- ProviderUnavailable  provider_unavailable
    `-- InternalError            internal

A message says what happened, then what to do; it never holds a secret or what another person wrote.
"""

from typing import ClassVar


class AppError(Exception):
    """An error with an audience.

    ``code`` is part of the protocol: it never changes its meaning. ``message`` is plain English for
    whoever reads a log or drives the protocol by hand; the client has its own words for each code.
    """

    code: ClassVar[str]
    default: ClassVar[str]

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default
        super().__init__(self.message)


class InputError(AppError):
    """What a person typed or chose cannot be used."""


class RoomIdInvalid(InputError):
    code = "room_id_invalid"
    default = (
        "A room id has 3 to 64 letters a-z, digits, hyphens and underscores, "
        "and starts with a letter or digit."
    )


class CapacityInvalid(InputError):
    code = "capacity_invalid"
    default = "That number of people is not possible for a room here."


class NameTooLong(InputError):
    code = "name_too_long"
    default = "A name has 60 characters at most."


class UserNameInvalid(InputError):
    code = "user_name_invalid"
    default = (
        "A user name has 2 to 32 letters a-z, digits, dots, hyphens and underscores, "
        "and starts with a letter or digit."
    )


class EmailInvalid(InputError):
    code = "email_invalid"
    default = "That is not an email address."


class TextEmpty(InputError):
    code = "text_empty"
    default = "A message has at least one character that can be seen."


class TextTooLong(InputError):
    code = "text_too_long"
    default = "A message has 4,000 characters at most. Send it in parts."


class PasswordTooShort(InputError):
    code = "password_too_short"
    default = "A password has 10 characters at least. Some words in a row do well."


class PasswordTooLong(InputError):
    code = "password_too_long"
    default = "A password has 256 characters at most."


class PasswordTooCommon(InputError):
    code = "password_too_common"
    default = "That password is among the first that anybody would try. Choose another."


class PasscodeInvalid(InputError):
    code = "passcode_invalid"
    default = "A passcode has 4 to 64 characters."


class TimesInvalid(InputError):
    code = "times_invalid"
    default = "A room opens before it expires, at times between 1970 and 9999."


class Refusal(AppError):
    """Understood, and the rules say no."""


class RoomNotFound(Refusal):
    code = "room_not_found"
    default = "There is no room with this id. Check the link, or create the room."


class RoomFull(Refusal):
    code = "room_full"
    default = "The room is full. Try again when someone has left."


class RoomExists(Refusal):
    code = "room_exists"
    default = (
        "This id is taken, by a room that exists or by one that was deleted not long ago. Choose another id."
    )


class AlreadyInRoom(Refusal):
    code = "already_in_room"
    default = "This connection is in a room already. Leave it first."


class NotInRoom(Refusal):
    code = "not_in_room"
    default = "This connection is not in that room. Join it first."


class ParticipantNotFound(Refusal):
    code = "participant_not_found"
    default = "There is no such participant in your room."


class ParticipantAway(Refusal):
    code = "participant_away"
    default = "That participant is reconnecting. Send again when it is back."


class NotAllowed(Refusal):
    code = "not_allowed"
    default = "Your role in this room does not allow that."


class TicketInvalid(Refusal):
    code = "ticket_invalid"
    default = "This ticket is not valid here. Join the room anew."


class TicketExpired(Refusal):
    code = "ticket_expired"
    default = "This ticket has expired. Join the room anew."


class NotPrepared(Refusal):
    code = "not_prepared"
    default = "This is not the turn of that side of a prepared link."


class AccountExists(Refusal):
    code = "account_exists"
    default = "There is an account with this user name or email address already."


class AccountNotFound(Refusal):
    code = "account_not_found"
    default = "There is no such account."


class LinkInvalid(Refusal):
    code = "link_invalid"
    default = "This link is not good any more: it was used, or is too old. Ask for another."


class SignInRequired(Refusal):
    code = "sign_in_required"
    default = "This is for those who are signed in."


class SignInFailed(Refusal):
    code = "sign_in_failed"
    default = "There is no account with this name and this password."


class PasswordWrong(Refusal):
    code = "password_wrong"
    default = "That is not your present password."


class AdminRequired(Refusal):
    code = "admin_required"
    default = "This is for those who look after the server."


class SignupClosed(Refusal):
    code = "signup_closed"
    default = "Accounts here are made by invitation."


class SessionNotFound(Refusal):
    code = "session_not_found"
    default = "There is no such session of yours."


class MailOff(Refusal):
    code = "mail_off"
    default = "This server sends no mail. Ask whoever looks after it for a link."


class OriginRefused(Refusal):
    code = "origin_refused"
    default = "This may be asked for by the server's own pages only."


class TooManyAttempts(Refusal):
    code = "too_many_attempts"
    default = "Too many tries. Wait a quarter of an hour."


class TokenInvalid(Refusal):
    code = "token_invalid"
    default = "This room token is not valid here. Ask whoever gave it to you for another."


class TokenExpired(Refusal):
    code = "token_expired"
    default = "This room token has expired. Ask whoever gave it to you for another."


class TokenForOtherRoom(Refusal):
    code = "token_for_other_room"
    default = "This room token is for another room."


class ApiKeyInvalid(Refusal):
    code = "api_key_invalid"
    default = "There is no such API key, or its secret is another."


class ApiKeyNotFound(Refusal):
    code = "api_key_not_found"
    default = "There is no API key with this id."


class SignInStale(Refusal):
    code = "sign_in_stale"
    default = "This sign-in did not begin in this browser, or is over. Start it again."


class ProviderRefused(Refusal):
    code = "provider_refused"
    default = "The identity provider did not sign you in."


class ProviderAnswerInvalid(Refusal):
    code = "provider_answer_invalid"
    default = "What the identity provider answered cannot be believed."


class AccountNotAllowed(Refusal):
    code = "account_not_allowed"
    default = "This account may not be used here. Ask whoever looks after the server."


class RoomNotOpen(Refusal):
    code = "room_not_open"
    default = "The room is not open yet."


class RoomOver(Refusal):
    code = "room_over"
    default = "The time of this room is over."


class RoomLocked(Refusal):
    code = "room_locked"
    default = "The room is locked: nobody new enters."


class PasscodeNeeded(Refusal):
    code = "passcode_needed"
    default = "This room has a passcode."


class PasscodeWrong(Refusal):
    code = "passcode_wrong"
    default = "That is not the passcode of this room."


class Excluded(Refusal):
    code = "excluded"
    default = "You were removed from this room, or from this call."


class KnockNeeded(Refusal):
    code = "knock_needed"
    default = "One knocks at the door of this room, which this client cannot."


class KnockDenied(Refusal):
    code = "knock_denied"
    default = "You were not let in. Wait a while before you knock again."


class KnockNotFound(Refusal):
    code = "knock_not_found"
    default = "Nobody is knocking by this id any more."


class KnockDecided(Refusal):
    code = "knock_decided"
    default = "Somebody else has decided otherwise already."


class LobbyFull(Refusal):
    code = "lobby_full"
    default = "Too many are waiting at the door. Try again later."


class RateLimited(Refusal):
    code = "rate_limited"
    default = "Too many requests. Wait a few seconds."


class ProtocolError(AppError):
    """A program sent what the protocol does not allow."""


class MessageInvalid(ProtocolError):
    code = "message_invalid"
    default = "The message does not have the form that this event asks for."


class EventUnknown(ProtocolError):
    code = "event_unknown"
    default = "This server does not know that event."


class MessageTooLarge(ProtocolError):
    code = "message_too_large"
    default = "The message is too large."


class DescriptionTooLarge(ProtocolError):
    code = "description_too_large"
    default = "A session description has 64 KiB at most."


class CandidateTooLarge(ProtocolError):
    code = "candidate_too_large"
    default = "A candidate has 4 KiB at most."


class TooManyCandidates(ProtocolError):
    code = "too_many_candidates"
    default = "A batch has 64 candidates at most."


class VersionUnsupported(ProtocolError):
    code = "version_unsupported"
    default = "This server speaks another version of the protocol. Load the page anew."


class NotFound(ProtocolError):
    code = "not_found"
    default = "There is nothing at this address."


class MethodNotAllowed(ProtocolError):
    code = "method_not_allowed"
    default = "This address does not take that method."


class Unavailable(AppError):
    """A part of the server is gone for now; trying again helps."""


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"
    default = "The server cannot reach its database. Try again in a moment."


class Busy(Unavailable):
    code = "busy"
    default = "Too many ask for this at the moment. Try again in a few seconds."


class KeysUnavailable(Unavailable):
    code = "keys_unavailable"
    default = "The keys with which this token could be checked cannot be had now. Try again in a moment."


class ProviderUnavailable(Unavailable):
    code = "provider_unavailable"
    default = "The identity provider cannot be reached. Try again in a moment."


class InternalError(AppError):
    """A fault of ours. The log has the rest under the id in the message."""

    code = "internal"
    default = "Something went wrong on the server."


def all_codes() -> tuple[str, ...]:
    """Every code in use, sorted: the documents and the client are checked against it."""

    def leaves(kind: type[AppError]) -> set[str]:
        found = {kind.code} if "code" in vars(kind) else set()
        return found.union(*(leaves(child) for child in kind.__subclasses__()))

    return tuple(sorted(leaves(AppError)))
