"""The HTTP interface and the MCP server, asked by real clients."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest
from fastapi.testclient import TestClient
from mcp import Client, StdioServerParameters, stdio_client

from ui.doors import Doors, create_api, create_mcp_server

QUESTION = "Hur många personer sysselsätter skogsbruket?"


@pytest.fixture
def assistant(assistant_with):
    return assistant_with(None)


@pytest.fixture
def client(assistant):
    return TestClient(create_api(assistant), raise_server_exceptions=False)


def test_an_answer_is_the_contracts_record(client):
    record = client.post("/ask", json={"question": QUESTION}).json()
    assert {"question", "answer", "status", "citations", "passages", "rows", "seconds", "index_id"} <= record.keys()
    assert "4 200" in record["answer"] and record["citations"][0]["document_id"] == "strategi"


@pytest.mark.parametrize(
    ("body", "headers"), [({"stream": True}, {}), ({}, {"accept": "text/event-stream"})], ids=["flag", "accept"]
)
def test_an_answer_streams_its_pieces_and_then_the_record(client, body, headers):
    answer = client.post("/ask", json={"question": QUESTION, **body}, headers=headers)
    events = [event.split("\n") for event in answer.text.strip().split("\n\n")]
    names = [event[0] for event in events]
    data = [json.loads(event[1].removeprefix("data: ")) for event in events]
    assert names[-1] == "event: answer" and set(names[:-1]) == {"event: piece"}
    assert "".join(one["text"] for one in data[:-1]) == data[-1]["answer"]


def test_search_passage_facts_and_documents(client):
    found = client.post("/search", json={"query": "skogsbruk", "count": 3}).json()
    assert 1 <= len(found) <= 3
    one = client.get(f"/passage/{found[0]['passage_id']}").json()
    assert one["text"] == found[0]["text"] and one["kind"] == "paragraph"
    assert "initiatives" in client.get("/facts").json()
    assert {document["id"] for document in client.get("/documents").json()} == {"strategi", "rapport"}


def test_a_search_can_be_restricted(client):
    found = client.post("/search", json={"query": "skogsbruk", "documents": ["rapport"]}).json()
    assert {one["document_id"] for one in found} == {"rapport"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/ask", {"question": " "}, 400),
        ("/ask", {"question": "x" * 5000}, 400),
        ("/ask", {"question": " ", "stream": True}, 400),
        ("/ask", {"question": QUESTION, "documents": ["okänt"]}, 404),
        ("/ask", {"question": QUESTION, "unknown": 1}, 422),
        ("/ask", {}, 422),
        ("/search", {"query": ""}, 400),
        ("/search", {"query": "x", "count": 0}, 422),
    ],
)
def test_what_is_wrong_is_told(client, path, body, status):
    answer = client.post(path, json=body)
    assert answer.status_code == status and answer.json()["detail"]


def test_an_unknown_passage_is_told(client):
    answer = client.get("/passage/finns-inte")
    assert answer.status_code == 404 and "stycke" in answer.json()["detail"]


def test_the_interface_describes_itself(client):
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {"/ask", "/search", "/facts", "/passage/{passage_id}", "/documents"}


def test_an_agent_asks_searches_and_lists(assistant):
    async def talk():
        async with Client(create_mcp_server(assistant)) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            answer = await client.call_tool("ask", {"question": QUESTION})
            found = await client.call_tool("search", {"query": "skogsbruk", "count": 2})
            listed = await client.call_tool("documents", {})
            wrong = await client.call_tool("passage", {"passage_id": "finns-inte"})
            return tools, answer, found, listed, wrong

    tools, answer, found, listed, wrong = asyncio.run(talk())
    assert tools == {"ask", "search", "facts", "passage", "documents"}
    assert "4 200" in json.loads(answer.content[0].text)["answer"]
    assert 1 <= len(found.structured_content["result"]) <= 2
    assert {one["id"] for one in listed.structured_content["result"]} == {"strategi", "rapport"}
    assert wrong.is_error and "stycke" in wrong.content[0].text


def test_the_command_serves_on_standard_streams(bundled_directory, embedder, monkeypatch, request):
    async def talk():
        where = StdioServerParameters(
            command=sys.executable,
            args=["-m", "rus", "mcp", "--index", str(bundled_directory)],
            env={"RUS_CACHE_DIR": str(request.config.cache.mkdir("models"))},
        )
        async with Client(stdio_client(where)) as client:
            return await client.call_tool("documents", {})

    assert len(asyncio.run(talk()).structured_content["result"]) == 2


def test_both_give_the_same(assistant, client):
    assert client.get("/documents").json() == json.loads(json.dumps(Doors(assistant).documents()))
