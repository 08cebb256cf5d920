"""Routes below /dokument by which documents are added, described and removed, for those who may.

Every request carries a header that no other site can make a browser send, and comes from the chat's own page.
"""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException as WebError

from assistant.assistant import Assistant
from assistant.catalogue import Catalogue, Language
from ingest.descriptions import parse_description
from ingest.errors import RusError
from ui.documents_tab import job_html, job_status
from ui.index_jobs import IndexJobs, Job, upload_folder

HEADER = "x-rus-documents"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much one upload may hold."""

    bytes: int = 200 << 20
    files: int = 100


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may change the documents: all, nobody, or with None those who sit at the machine itself."""

    allowed: bool | None = None

    def of(self, host: str | None, headers: Mapping[str, str]) -> bool:
        """Whether a request from address `host` may. What a proxy passes on comes from somewhere else."""
        if self.allowed is not None:
            return self.allowed
        named = urlsplit(f"//{headers.get('host', '')}").hostname
        return not any(name in headers for name in _FORWARDED) and _is_here(host) and _is_here(named)


def document_routes(assistant: Assistant, jobs: IndexJobs, rights: Rights, limits: UploadLimits) -> APIRouter:
    """The routes. What is wrong comes back as JSON with one sentence."""

    def may(request: Request) -> None:
        origin = request.headers.get("origin")
        is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        host = request.client.host if request.client else None
        if not (is_own and request.headers.get(HEADER) and rights.of(host, request.headers)):
            raise HTTPException(403, "Du får inte ändra dokumenten här.")

    router = APIRouter(prefix="/dokument", dependencies=[Depends(may)], include_in_schema=False)
    _job_routes(router, jobs)
    _document_routes(router, assistant, jobs)

    @router.post("/filer")
    async def files(request: Request) -> JSONResponse:
        size = request.headers.get("content-length", "")
        if not size.isdecimal() or int(size) > limits.bytes:
            return _refused(413, f"Filerna är för stora: högst {limits.bytes >> 20} MiB åt gången. Dela upp dem.")
        try:
            form = await request.form(max_files=limits.files, max_fields=0)
        except WebError:
            return _refused(413, f"För många filer: högst {limits.files} åt gången. Dela upp dem.")
        folder = upload_folder()
        try:
            await _keep(form, folder)
            jobs.begin(Job("add", str(jobs.index_directory), (str(folder),)), folder)
        except RusError as error:
            shutil.rmtree(folder)
            return _refused(409, error.message)
        return JSONResponse({})

    return router


def _job_routes(router: APIRouter, jobs: IndexJobs) -> None:
    @router.get("/jobb")
    def state(lang: Language = "sv") -> JSONResponse:
        now, catalogue = jobs.state, Catalogue.load(lang)
        shown = {"running": now.running, "status": job_status(now, catalogue), "html": job_html(now, catalogue)}
        return JSONResponse(shown)

    @router.post("/avbryt")
    def stop() -> JSONResponse:
        jobs.stop()
        return JSONResponse({})

    @router.post("/adress")
    def address(said: dict[Literal["address"], str]) -> JSONResponse:
        name = said.get("address", "").strip()
        if not name.startswith(("http://", "https://")):
            return _refused(400, "Skriv en webbadress som börjar med https://.")
        return _begun(jobs, Job("add", str(jobs.index_directory), (name,)))


def _document_routes(router: APIRouter, assistant: Assistant, jobs: IndexJobs) -> None:
    def known(document_id: str) -> None:
        assistant.refresh()
        if assistant.index.record(document_id) is None:
            raise HTTPException(404, "Dokumentet finns inte längre: ladda om sidan.")

    @router.post("/{document_id}/beskrivning", dependencies=[Depends(known)])
    def describe(document_id: str, said: dict[str, str]) -> JSONResponse:
        try:
            description = parse_description(said)
        except RusError as error:
            return _refused(400, error.message)
        job = Job("describe", str(jobs.index_directory), document_id=document_id, description=description)
        return _begun(jobs, job)

    @router.post("/{document_id}/ta-bort", dependencies=[Depends(known)])
    def forget(document_id: str) -> JSONResponse:
        return _begun(jobs, Job("forget", str(jobs.index_directory), document_id=document_id))


async def _keep(form: FormData, folder: Path) -> None:
    """Write the uploaded files into the folder, each below it whatever its name says."""
    uploads = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    if not uploads:
        raise RusError("Inga filer följde med. Välj filer och försök igen.")
    for upload in uploads:
        path = folder.joinpath(*safe_parts(upload.filename or ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while piece := await upload.read(1 << 20):
                file.write(piece)


def safe_parts(name: str) -> Sequence[str]:
    """A relative path from the browser without anything that leads out of the folder or is hidden."""
    parts = [part.strip() for part in name.replace("\\", "/").replace("\x00", "").split("/")]
    kept = [part[-120:] for part in parts if part not in ("", ".", "..") and not part.endswith(":")]
    return kept[-6:] or ["fil"]


def _begun(jobs: IndexJobs, job: Job) -> JSONResponse:
    try:
        jobs.begin(job)
    except RusError as error:
        return _refused(409, error.message)
    return JSONResponse({})


def _refused(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"detail": reason}, status)


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
