"""Socket.IO 5 over real sockets, by both ways in: what the official suite asks for, and more."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.support.conformance_server import App
from tests.support.engineio import WAYS, LiveServer, Polling, WebSocket
from tests.support.eventually import eventually_async
from tests.support.socketio_lab import LabServer
from visavis.socketio import Timing


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def suite(way: str) -> Iterator[LiveServer]:
    """The server of the official suites."""
    app = App()
    with LiveServer(app, {"/socket.io/": app.server.engine} if way == "fast" else None) as running:
        yield running


@pytest.fixture
def server(way: str) -> Iterator[LabServer]:
    with LabServer(way, timing=Timing(ping_interval=0.3, ping_timeout=0.3)) as running:
        yield running


@pytest.fixture
async def client(server: LabServer) -> AsyncIterator[WebSocket]:
    async with WebSocket.open(server.address) as opened:
        opened.answers_pings = True
        await opened.handshake()
        await opened.enter()
        yield opened


async def ask(client: WebSocket, event: str, *arguments: Any, number: int = 7) -> Any:
    """Send an event and wait for its ack, which is to be the next packet."""
    await client.send(f"42{number}" + json.dumps([event, *arguments]))
    packet = str(await client.recv())
    assert packet.startswith(f"43{number}["), packet
    return json.loads(packet[len(f"43{number}") :])


# --- connect ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connect", "prefix", "auth"),
    [
        ("40", "40", "{}"),
        ('40{"token":"123"}', "40", '{"token":"123"}'),
        ("40/custom", "40/custom,", "{}"),
        ("40/custom,", "40/custom,", "{}"),
        ('40/custom,{"token":"abc"}', "40/custom,", '{"token":"abc"}'),
    ],
)
async def test_one_connects_to_a_namespace(suite: LiveServer, connect: str, prefix: str, auth: str) -> None:
    async with WebSocket.open(suite.address) as client:
        session = (await client.handshake())["sid"]
        await client.send(connect)
        answer = str(await client.recv())
        assert answer.startswith(prefix)
        [(key, sid)] = json.loads(answer.removeprefix(prefix)).items()
        assert key == "sid"
        assert sid != session  # which is a secret, and this one is not
        assert await client.recv() == prefix.replace("40", "42") + f'["auth",{auth}]'


async def test_an_unknown_namespace_is_refused_and_the_connection_goes_on(suite: LiveServer) -> None:
    async with WebSocket.open(suite.address) as client:
        await client.handshake()
        await client.send("40/random")
        assert await client.recv() == '44/random,{"message":"Invalid namespace"}'
        await client.enter()


async def test_a_namespace_may_refuse_with_a_code(server: LabServer) -> None:
    async with WebSocket.open(server.address) as client:
        await client.handshake()
        for auth in ("", '{"token":"wrong"}'):
            await client.send(f"40/checked,{auth}")
            refused = '{"message":"Not with this token","data":{"code":"token_invalid"}}'
            assert await client.recv() == f"44/checked,{refused}"
        await client.enter("/checked", '{"token":"letmein"}')
    assert server.lab.named("connected") == [["/checked"]]


async def test_a_broken_authorisation_refuses(server: LabServer) -> None:
    async with WebSocket.open(server.address) as client:
        await client.handshake()
        await client.send('40{"broken":true}')
        assert str(await client.recv()).startswith('44{"message":"Internal error"')
    assert server.lab.faults == [("connect", "RuntimeError")]


async def test_events_wait_for_the_authorisation_before_them(server: LabServer) -> None:
    async with WebSocket.open(server.address) as client:
        client.answers_pings = True
        await client.handshake()
        await client.send('40{"slow":true}', '421["echo",1]')
        await server.open_gate()
        assert str(await client.recv()).startswith('40{"sid"')
        assert await client.recv() == "431[1]"


async def test_without_a_connect_in_time_it_is_closed(suite: LiveServer) -> None:
    began = asyncio.get_running_loop().time()
    async with WebSocket.open(suite.address) as client:
        await client.handshake()
        client.answers_pings = True
        reading = asyncio.create_task(client.recv())
        assert await client.closed() == (1008, "no_connect")
        await asyncio.gather(reading, return_exceptions=True)
    assert 0.9 < asyncio.get_running_loop().time() - began < 2
    assert client.pings >= 2


# --- disconnect -------------------------------------------------------------------------------------


async def test_one_leaves_a_namespace_and_the_connection_goes_on(suite: LiveServer) -> None:
    async with WebSocket.open(suite.address) as client:
        await client.handshake()
        await client.enter()
        await client.recv()
        await client.send("41")
        assert await client.recv() == "2"
        await client.send("3", "40")  # and may come back
        assert str(await client.recv()).startswith('40{"sid"')


@pytest.mark.parametrize("good_bye", ["41/custom", "41/custom,"])
async def test_one_leaves_one_namespace_of_two(suite: LiveServer, good_bye: str) -> None:
    async with WebSocket.open(suite.address) as client:
        await client.handshake()
        client.answers_pings = True
        for namespace in ("/", "/custom"):
            await client.enter(namespace)
            await client.recv()
        await client.send(good_bye, '42/custom,1["message-with-ack"]', '42["message","to main"]')
        assert await client.recv() == '42["message-back","to main"]'


# --- messages ---------------------------------------------------------------------------------------


ARGUMENTS = '1,"2",{"3":[true, 1.50]},"\\u00fc ü"'
PLACES = '{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}'


async def test_messages_come_back(suite: LiveServer) -> None:
    async with WebSocket.open(suite.address) as client:
        await client.handshake()
        client.answers_pings = True
        await client.enter()
        await client.recv()
        for namespace in ("", "/custom,"):
            if namespace:
                await client.enter("/custom")
                await client.recv()
            await client.send(f'42{namespace}["message",{ARGUMENTS}]')
            assert await client.recv() == f'42{namespace}["message-back",{ARGUMENTS}]'
            await client.send(f'42{namespace}456["message-with-ack",{ARGUMENTS}]')
            assert await client.recv() == f"43{namespace}456[{ARGUMENTS}]"
            await client.send(f'452-{namespace}["message",{PLACES}]', b"\1\2\3", b"\4\5\6")
            assert [await client.recv() for _ in range(3)] == [
                f'452-{namespace}["message-back",{PLACES}]',
                b"\1\2\3",
                b"\4\5\6",
            ]
            await client.send(f'452-{namespace}789["message-with-ack",{PLACES}]', b"\1\2\3", b"\4\5\6")
            assert [await client.recv() for _ in range(3)] == [
                f"462-{namespace}789[{PLACES}]",
                b"\1\2\3",
                b"\4\5\6",
            ]
        await client.send('421["unknown"]', '422["message-with-ack"]')
        assert await client.recv() == "432[]"  # and none for what it does not know


async def test_polling_alone_is_enough(suite: LiveServer) -> None:
    async with Polling.open(suite.address) as client:
        await client.post("40")
        connected, auth = (await client.get()).text.split("\x1e")
        assert connected.startswith('40{"sid"')
        assert auth == '42["auth",{}]'
        await client.post(
            '42["message",1]\x1e451-3["message-with-ack",{"_placeholder":true,"num":0}]\x1ebAQID'
        )
        assert (await client.get()).text.split("\x1e") == [
            '42["message-back",1]',
            '461-3[{"_placeholder":true,"num":0}]',
            "bAQID",
        ]


async def test_an_upgrade_keeps_the_order_of_events(suite: LiveServer) -> None:
    async with Polling.open(suite.address) as polling:
        await polling.post("40")
        await polling.get()
        async with WebSocket.open(suite.address, sid=polling.sid) as client:
            client.answers_pings = True
            await polling.post("\x1e".join(f'42["message",{n}]' for n in range(10)))
            await client.send("2probe")
            assert await client.recv() == "3probe"
            got = (await polling.get()).text.split("\x1e")
            await client.send("5", *(f'42["message",{n}]' for n in range(10, 20)))
            got += [str(await client.recv()) for _ in range(10)]
            assert got == [f'42["message-back",{n}]' for n in range(20)]


@pytest.mark.parametrize("size", [500_000])
async def test_large_messages_come_back(suite: LiveServer, size: int) -> None:
    async with WebSocket.open(suite.address) as client:
        client.answers_pings = True
        await client.handshake()
        await client.enter()
        await client.recv()
        await client.send(f'42["message","{"x" * size}"]')
        assert await client.recv() == f'42["message-back","{"x" * size}"]'
        await client.send('451-["message",{"_placeholder":true,"num":0}]', b"\0" * size)
        assert str(await client.recv()).startswith("451-")
        assert await client.recv() == b"\0" * size


# --- malformed --------------------------------------------------------------------------------------

MALFORMED: list[list[str | bytes]] = [
    ["4abc"],
    ["4"],
    ["42{}"],
    ["42"],
    ["42[]"],
    ["42[1]"],
    ['42["a"'],
    ['42["a",NaN]'],
    ['42["disconnect"]'],
    ['42abc["message-with-ack",1]'],
    ['42/nowhere,["a"]'],
    ['44{"message":"x"}'],
    ["40"],  # a second time
    ['40/custom,"text"'],
    ["40/custom,[]"],
    ["41{}"],
    ["43[1]"],
    ["431{}"],
    ["45["],
    ['4565-["a"]'],  # too many attachments
    ['451-["a",{"_placeholder":true,"num":1}]', b"x"],
    ['451-["a"]', "42[]"],  # text in the place of an attachment
    [b"x"],  # an attachment of nothing
    ['42["a",' + "[" * 3000 + "]" * 3000 + "]"],
]


@pytest.mark.parametrize("packets", MALFORMED, ids=lambda packets: str(packets[0])[:12])
async def test_malformed_packets_close_at_once_although_pings_are_answered(
    suite: LiveServer, packets: list[str | bytes]
) -> None:
    async with WebSocket.open(suite.address) as client, WebSocket.open(suite.address) as other:
        for one in (client, other):
            one.answers_pings = True
            await one.handshake()
            await one.enter()
            await one.recv()
        began = asyncio.get_running_loop().time()
        if packets[0] == '451-["a",{"_placeholder":true,"num":1}]':
            packets = [str(packets[0]).replace('"a"', '"message"'), b"x"]
        await client.send(*packets)
        assert await client.closed() == (1002, "malformed")
        assert asyncio.get_running_loop().time() - began < 0.25
        await other.send('42["message",1]')  # nobody else notices
        assert await other.recv() == '42["message-back",1]'


async def test_malformed_packets_close_a_polling_session_too(suite: LiveServer) -> None:
    async with Polling.open(suite.address) as client:
        assert (await client.post("4abc")).status_code == 400
        assert (await client.get()).status_code == 400


# --- order ------------------------------------------------------------------------------------------


async def test_a_slow_handler_holds_up_its_own_connection_alone(server: LabServer, client: WebSocket) -> None:
    async with WebSocket.open(server.address) as other:
        other.answers_pings = True
        await other.handshake()
        await other.enter()
        await client.send('420["wait",0]', *(f'42{n}["echo",{n}]' for n in range(1, 5)))
        assert await ask(other, "echo", "quick") == ["quick"]
        await eventually_async("the first one is there", lambda: server.lab.named("wait"))
        assert server.lab.named("echo") == [["quick"]]
        await server.open_gate()
        assert [await client.recv() for _ in range(5)] == [f"43{n}[{n}]" for n in range(5)]
    assert [event for event in server.lab.happened if event[0] in ("waited", "echo")] == [
        ("echo", "quick"),
        ("waited", 0),
        *(("echo", n) for n in range(1, 5)),
    ]


async def test_pings_are_answered_while_a_handler_is_slow(way: str) -> None:
    with LabServer(way, timing=Timing(ping_interval=0.1, ping_timeout=0.1)) as server:
        async with WebSocket.open(server.address) as client:
            client.answers_pings = True
            await client.handshake()
            await client.enter()
            await client.send('421["wait",1]')
            reading = asyncio.create_task(client.recv())
            await eventually_async("several pings have come and gone", lambda: client.pings >= 5)
            await server.open_gate()
            assert await reading == "431[1]"


# --- acks -------------------------------------------------------------------------------------------


async def test_handlers_that_raise_are_answered_and_told_once(server: LabServer, client: WebSocket) -> None:
    answer = [{"status": "error", "code": "internal", "namespace": "/"}]
    for number, event in enumerate(("raise", "raiseLater", "unencodable")):
        assert await ask(client, event, number=number) == answer
    await client.send('42["raise"]')  # without an ack
    assert await ask(client, "nothing") == []  # and the connection goes on
    assert server.lab.faults == [
        ("raise", "RuntimeError"),
        ("raiseLater", "RuntimeError"),
        ("unencodable", "TypeError"),
        ("raise", "RuntimeError"),
    ]


async def test_a_handler_that_takes_too_long_has_failed(way: str) -> None:
    with LabServer(way, timing=Timing(handler=0.1)) as server:
        async with WebSocket.open(server.address) as client:
            await client.handshake()
            await client.enter()
            for number, event in enumerate(("wait", "stubborn")):
                await client.send(f'42{number}["{event}"]', '429["echo",1]')
                assert str(await client.recv()).startswith(f"43{number}[{{")
                assert await client.recv() == "439[1]"
            await server.open_gate()
        assert server.lab.faults == [("wait", "TimeoutError"), ("stubborn", "TimeoutError")]


async def test_the_server_asks_and_the_client_answers(server: LabServer, client: WebSocket) -> None:
    for number in range(2):
        await client.send('42["ask",5]' if number else '423["ask",5]')
        question = f'451-{number}["question",1,{{"_placeholder":true,"num":0}}]'
        assert [await client.recv(), await client.recv()] == [question, b"2"]
        if number:
            await client.send('461-1["yes",{"_placeholder":true,"num":0}]', b"data")
        else:
            await client.send('430["no",{"a":1}]')
            assert await client.recv() == '433[["no",{"a":1}]]'
    await client.send('4399["nobody asked"]', '431["again"]')
    assert await ask(client, "echo", 1) == [1]
    assert server.lab.happened.count(("ask", 5)) == 2


async def test_a_question_has_a_time_out(server: LabServer, client: WebSocket) -> None:
    await client.send('421["ask",0.05]')
    await client.recv()
    await client.recv()
    assert await client.recv() == '431["TimeoutError"]'
    await client.send('430["late"]')
    assert await ask(client, "echo", 1) == [1]
    assert server.lab.faults == []


async def test_a_question_ends_with_the_connection(server: LabServer, client: WebSocket) -> None:
    await client.send('421["ask",10]')
    await client.recv()
    client.connection.transport.abort()
    await eventually_async("it is told", lambda: server.lab.named("asked"))
    assert server.lab.named("asked") == [["Disconnected"]]


# --- rooms ------------------------------------------------------------------------------------------


async def test_rooms_reach_their_members(server: LabServer, client: WebSocket) -> None:
    async with WebSocket.open(server.address) as second, WebSocket.open(server.address) as third:
        for one in (second, third):
            one.answers_pings = True
            await one.handshake()
            await one.enter()
        for one in (client, second):
            assert await ask(one, "enter", "garden") == []
        await client.send('42["tell","garden","hello"]')
        assert await second.recv() == '42["told","hello"]'
        assert await ask(second, "leave", "garden") == []
        await client.send('42["tell","garden","nobody"]', '42["tell","nowhere","nobody"]')
        for one in (client, second, third):
            assert await ask(one, "echo", 1) == [1]  # and nothing before it
        assert list(server.namespaces["/"].rooms) == ["garden"]
        client.connection.transport.abort()
        await eventually_async("the room is gone with its last", lambda: not server.namespaces["/"].rooms)


# --- the end ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("41", "client_left"),
        ("1", "transport_closed"),
        ("4abc", "malformed"),
        ("cut", "transport_closed"),
        ("close frame", "transport_closed"),
        ("silence", "ping_timeout"),
        ('42["goAway",false]', "server_left"),
        ('42["goAway",true]', "server_left"),
    ],
)
@pytest.mark.parametrize("raises", [False, True])
async def test_a_disconnect_is_told_once_and_last(
    server: LabServer, client: WebSocket, how: str, reason: str, *, raises: bool
) -> None:
    if raises:
        assert await ask(client, "raiseAtTheEnd") == []
    await client.send('42["wait","first"]', '42["echo","second"]')
    if how == "cut":
        client.connection.transport.abort()
    elif how == "close frame":
        await client.connection.close()
    elif how == "silence":
        client.answers_pings = False
    else:
        await client.send(how)
    await eventually_async("the first one is there", lambda: server.lab.named("wait"))
    if how == "silence":
        await eventually_async("its time is over", lambda: server.io.engine.count == 0)
    await server.open_gate()
    await eventually_async("it is told", lambda: server.lab.named("disconnected"))
    client.connection.transport.abort()
    await eventually_async("nothing is left", lambda: server.is_empty)
    after = [event for event in server.lab.happened if event[0] in ("waited", "echo", "disconnected")]
    assert after == [("waited", "first"), ("echo", "second"), ("disconnected", "/", reason)]
    assert server.lab.faults == ([("disconnect", "RuntimeError")] if raises else [])


async def test_one_who_is_gone_before_the_authorisation_was_never_there(server: LabServer) -> None:
    async with WebSocket.open(server.address) as client:
        await client.handshake()
        await client.send('40{"slow":true}', '42["echo",1]')
        await eventually_async("it waits", lambda: bool(server.io._tasks))
    await eventually_async("it is gone", lambda: server.io.engine.count == 0)
    await server.open_gate()
    await eventually_async("nothing is left", lambda: server.is_empty)
    assert server.lab.happened == []


async def test_put_out_of_a_namespace_one_is_told(server: LabServer, client: WebSocket) -> None:
    await client.enter("/custom")
    await client.send('42/custom,["goAway",false]')
    assert await client.recv() == "41/custom,"
    assert await ask(client, "echo", 1) == [1]
    await client.send('42["goAway",true]')
    assert await client.recv() == "41"
    assert (await client.closed())[0] == 1000
    assert server.lab.named("disconnected") == [["/custom", "server_left"], ["/", "server_left"]]


async def test_put_out_while_polling_one_is_told(server: LabServer) -> None:
    async with Polling.open(server.address) as client:
        await client.post("40")
        await client.get()
        await client.post('42["goAway",true]')
        assert (await client.get()).text == "41\x1e1"
        assert (await client.get()).status_code == 400
    await eventually_async("nothing is left", lambda: server.is_empty)


async def test_nothing_grows_with_time(server: LabServer) -> None:
    for number in range(50):
        async with WebSocket.open(server.address) as client:
            await client.handshake()
            await client.enter()
            await ask(client, "enter", f"room {number}")
            if number % 2:
                await client.send('42["wait"]')
    await server.open_gate()
    await eventually_async("nothing is left", lambda: server.is_empty)
    assert len(server.lab.named("disconnected")) == 50
    assert server.io.engine._admission.total == 0
    assert not server.io.engine._admission._by_address
