"""Between the domain's objects and messages."""

from typing import assert_never

from msgspec import UNSET

from visavis import chat, rooms
from visavis.calls import Entry, JoinTimes, Prepared
from visavis.ice import IceConfiguration
from visavis.signaling.messages import (
    ChatMessage,
    Ice,
    IceServer,
    JoinTimed,
    Media,
    Notice,
    Participant,
    ReadyLink,
    RoomEntered,
    RoomSnapshot,
    UserJoined,
    UserLeft,
    UserUpdated,
)


def media(source: Media) -> rooms.Media:
    return rooms.Media(source.audio, source.video, source.screen)


def participant(source: rooms.Participant) -> Participant:
    sent = Media(source.media.audio, source.media.video, source.media.screen)
    return Participant(source.id, source.name, source.joined_at, sent, source.presence.value, source.hand)


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


def snapshot(roster: rooms.Roster) -> RoomSnapshot:
    return RoomSnapshot(
        roster.room.id,
        roster.room.capacity,
        roster.epoch,
        roster.version,
        [participant(p) for p in roster.participants],
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
        case _:
            assert_never(change)
