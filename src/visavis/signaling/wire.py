"""Between the domain's objects and messages."""

from typing import Literal, assert_never

import msgspec
from msgspec import UNSET

from visavis import chat, rooms
from visavis.admission import Claim
from visavis.ice import IceConfiguration
from visavis.knocks import Knock
from visavis.live import Entry, Moderated, Prepared
from visavis.moderation import Changes
from visavis.records import JoinTimes
from visavis.signaling import messages, notices
from visavis.signaling.messages import (
    ChatMessage,
    Ice,
    IceServer,
    JoinTimed,
    Media,
    Participant,
    ReadyLink,
    RoomEntered,
    RoomSettings,
    RoomSnapshot,
)
from visavis.signaling.notices import Notice, RoomChanged, UserJoined, UserLeft, UserUpdated


def media(source: Media) -> rooms.Media:
    return rooms.Media(source.audio, source.video, source.screen)


def participant(source: rooms.Participant) -> Participant:
    sent = Media(source.media.audio, source.media.video, source.media.screen)
    return Participant(
        source.id,
        source.name,
        source.joined_at,
        sent,
        source.presence.value,
        source.hand,
        source.role.value,
        source.silenced,
    )


def chat_message(source: chat.ChatMessage) -> ChatMessage:
    return ChatMessage(
        number=source.number,
        id=source.id,
        at=source.at,
        from_=source.writer,
        name=source.name,
        to=source.to,
        text=source.text,
    )


def settings(source: rooms.Room) -> RoomSettings:
    rules = source.rules
    return RoomSettings(
        source.name,
        source.passcode is not None,
        rules.lobby,
        rules.locked,
        rules.share.value,
        rules.chat.value,
        rules.answer_when_alone.value,
        rules.opens_at,
        rules.expires_at,
        rules.once,
    )


def changes(source: messages.SettingsChange) -> Changes:
    """What of it is there, in the words of the domain."""
    given = {
        name: value for name in source.__struct_fields__ if (value := getattr(source, name)) is not UNSET
    }
    return msgspec.convert(given, Changes)


def claim(source: messages.JoinRoom | messages.Prepare, address: str) -> Claim:
    match source:
        case messages.Prepare():
            return Claim(source.host_key, source.passcode, source.browser, address)
        case messages.JoinRoom():
            return Claim(source.host_key, source.passcode, source.browser, address, source.knock)


def knock(source: Knock) -> messages.Knock:
    return messages.Knock(source.id, source.visitor.name, source.visitor.account, source.at)


def exclusion(source: rooms.Exclusion) -> messages.Exclusion:
    why: Literal["removed", "banned"] = "banned" if source.why is rooms.Why.BANNED else "removed"
    return messages.Exclusion(source.id, source.name, why, source.at, source.until)


def moderated(source: Moderated) -> notices.Moderated:
    role: messages.RoleName | None = None if source.role is None else source.role.value
    act = msgspec.convert(source.action.value, messages.ActOnSelf)
    return notices.Moderated(act, source.by, source.name, role, source.ticket)


def snapshot(roster: rooms.Roster) -> RoomSnapshot:
    return RoomSnapshot(
        roster.room.id,
        roster.room.capacity,
        roster.epoch,
        roster.version,
        [participant(p) for p in roster.participants],
        settings(roster.room),
    )


def ice(source: IceConfiguration) -> Ice:
    servers = [
        IceServer(list(server.urls), server.username or UNSET, server.credential or UNSET)
        for server in source.servers
    ]
    return Ice(servers, source.relay_only, source.expires_in)


def room_entered(entry: Entry, configuration: IceConfiguration) -> RoomEntered:
    return RoomEntered(
        entry.participant_id,
        entry.ticket,
        entry.grace,
        snapshot(entry.roster),
        ice(configuration),
        [ready_link(link) for link in entry.prepared],
        [knock(known) for known in entry.knocks],
    )


def ready_link(link: Prepared) -> ReadyLink:
    return ReadyLink(link.participant_id, link.link_id, link.offer, list(link.candidates))


def join_times(source: JoinTimed) -> JoinTimes:
    return JoinTimes(source.way, source.ack, source.ice, source.dtls, source.frame)


def notice(change: rooms.Change) -> Notice:
    match change:
        case rooms.Joined(version, joined):
            return UserJoined(version, participant(joined))
        case rooms.Updated(version, updated):
            return UserUpdated(version, participant(updated))
        case rooms.Left(version, participant_id, reason):
            return UserLeft(version, participant_id, reason.value)
        case rooms.RoomChanged(version, room):
            return RoomChanged(version, room.capacity, settings(room))
        case _:
            assert_never(change)
