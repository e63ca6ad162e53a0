"""Write the client's TypeScript types from the server's message classes.

    python scripts/generate_protocol.py            # write
    python scripts/generate_protocol.py --check    # exit 1 where the file has drifted

The way is: message class -> JSON schema -> TypeScript. Only what the messages use is known here;
anything else stops with an error rather than becoming ``any``.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec
from pydantic.json_schema import models_json_schema

from visavis.api import account_bodies, bodies
from visavis.errors import all_codes
from visavis.signaling import messages, notices

TARGET = Path(__file__).parent.parent / "web/src/protocol/messages.gen.ts"

Schema = dict[str, Any]


def type_of(schema: Schema) -> str:
    """The TypeScript type for a JSON schema as msgspec and pydantic write it."""
    match schema:
        case {"x-typescript": str(name)}:
            return name
        case {"$ref": str(ref)}:
            return ref.rsplit("/", 1)[-1]
        case {"anyOf": list(options)}:
            return " | ".join(type_of(option) for option in options)
        case {"enum": list(values)}:
            return " | ".join(f"'{value}'" for value in values)
        case {"type": "array", "items": dict(items)}:
            inner = type_of(items)
            return f"readonly {inner}[]" if " " not in inner else f"readonly ({inner})[]"
        case {"type": "string" | "boolean" | "null" as name}:
            return str(name)
        case {"type": "integer" | "number"}:
            return "number"
    raise ValueError(f"no TypeScript for {schema}")


def interface(name: str, schema: Schema) -> str:
    if not schema["properties"]:
        return f"{comment_of(schema)}export type {name} = Readonly<Record<never, never>>;\n"
    required = set(schema.get("required", ()))
    lines = []
    for field, inner in schema["properties"].items():
        mark = "" if field in required else "?"
        lines.append(f"  readonly {field}{mark}: {type_of(inner)};")
    return f"{comment_of(schema)}export interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def comment_of(schema: Schema) -> str:
    text = schema.get("description", "").strip().replace("``", "`")
    lines = "\n".join(f" * {line.strip()}".rstrip() for line in text.splitlines())
    return f"/**\n{lines}\n */\n" if text else ""


def document(kind: type[messages.Message]) -> str:
    """The class's own docstring: an inherited one would describe something else."""
    return vars(kind).get("__doc__") or ""


def replies(request: type[messages.Request]) -> list[type[messages.Reply]]:
    return [request.reply] if request.alternative is None else [request.reply, request.alternative]


def reply_of(request: type[messages.Request]) -> str:
    return " | ".join(reply.__name__ for reply in replies(request))


def generate() -> str:
    kinds: list[type[messages.Message]] = [messages.Handshake, messages.Refused]
    for request in messages.REQUESTS:
        kinds += [request, *replies(request)]
    kinds += notices.NOTICES
    _, schemas = msgspec.json.schema_components(kinds)
    by_name = {kind.__name__: kind for kind in kinds}
    for name, schema in schemas.items():
        if name in by_name:
            schema["description"] = document(by_name[name])
    _, http = models_json_schema([(body, "validation") for body in bodies.ALL + account_bodies.ALL])
    schemas.update(http["$defs"])

    codes = "\n".join(f"  | '{code}'" for code in all_codes())
    requests = "\n".join(
        f"  readonly {r.event}: {{ readonly request: {r.__name__}; readonly reply: {reply_of(r)} }};"
        for r in messages.REQUESTS
    )
    told = "\n".join(f"  readonly {n.event}: {n.__name__};" for n in notices.NOTICES)
    parts = [
        "// Generated from src/visavis/signaling by `make protocol`. Do not edit.\n",
        f"export const PROTOCOL_VERSION = {messages.PROTOCOL_VERSION};\n",
        f"export const MAX_CANDIDATES = {messages.MAX_CANDIDATES};\n",
        f"/** Every code that the server may answer with. */\nexport type ServerErrorCode =\n{codes};\n",
        *(interface(name, schema) for name, schema in schemas.items()),
        f"/** Client to server, by event. */\nexport interface Requests {{\n{requests}\n}}\n",
        f"/** Server to client, by event. */\nexport interface Notices {{\n{told}\n}}\n",
    ]
    return "\n".join(parts)


def main() -> int:
    text = generate()
    if "--check" in sys.argv:
        if TARGET.read_text() == text:
            return 0
        print(f"{TARGET.name} has drifted from the message classes: run `make protocol`.")
        return 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
