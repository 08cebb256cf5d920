"""Routes below /dokument by which documents are added, described and removed, for those who may.

Every request carries a header that no other site can make a browser send, and comes from the chat's own page.
"""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException as WebError

from assistant.assistant import Assistant
from assistant.catalogue import Catalogue, Language
from assistant.settings import Settings
from ingest.descriptions import parse_description
from ingest.errors import RusError
from ui.documents_tab import job_html, job_status
from ui.index_jobs import IndexJobs, Job, upload_folder

HEADER = "x-rus-documents"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def may_change(allowed: bool | None, host: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request from address `host` may change the documents: with None those who sit at the machine itself.

    What a proxy passes on comes from somewhere else.
    """
    if allowed is not None:
        return allowed
    named = urlsplit(f"//{headers.get('host', '')}").hostname
    return not any(name in headers for name in _FORWARDED) and _is_here(host) and _is_here(named)


def document_routes(assistant: Assistant, settings: Settings) -> APIRouter:
    """The routes. What is wrong comes back as JSON with one sentence."""
    jobs = IndexJobs(settings.index_dir)

    def may(request: Request) -> None:
        origin = request.headers.get("origin")
        is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        host = request.client.host if request.client else None
        if not (is_own and request.headers.get(HEADER) and may_change(settings.documents_tab, host, request.headers)):
            raise HTTPException(403, "Du får inte ändra dokumenten här.")

    router = APIRouter(prefix="/dokument", dependencies=[Depends(may)], include_in_schema=False)
    _job_routes(router, jobs, settings)
    _document_routes(router, assistant, jobs)
    return router


def _job_routes(router: APIRouter, jobs: IndexJobs, settings: Settings) -> None:
    @router.get("/jobb")
    def state(lang: Language = "sv") -> dict[str, object]:
        now, catalogue = jobs.state, Catalogue.load(lang)
        return {"running": now.running, "status": job_status(now, catalogue), "html": job_html(now, catalogue)}

    @router.post("/avbryt")
    def stop() -> dict[str, object]:
        jobs.stop()
        return {}

    @router.post("/adress")
    def address(said: dict[Literal["address"], str]) -> dict[str, object]:
        name = said.get("address", "").strip()
        if not name.startswith(("http://", "https://")):
            raise HTTPException(400, "Skriv en webbadress som börjar med https://.")
        return _begun(jobs, Job("add", str(jobs.index_directory), (name,)))

    @router.post("/filer")
    async def files(request: Request) -> dict[str, object]:
        size, most = request.headers.get("content-length", ""), settings.upload_maximum_mib
        if not size.isdecimal() or int(size) > most << 20:
            raise HTTPException(413, f"Filerna är för stora: högst {most} MiB åt gången. Dela upp dem.")
        count = settings.upload_maximum_files
        try:
            form = await request.form(max_files=count, max_fields=0)
        except WebError as error:
            raise HTTPException(413, f"För många filer: högst {count} åt gången. Dela upp dem.") from error
        folder = upload_folder()
        try:
            await _keep(form, folder)
            return _begun(jobs, Job("add", str(jobs.index_directory), (str(folder),)), folder)
        except (HTTPException, OSError):
            shutil.rmtree(folder)
            raise


def _document_routes(router: APIRouter, assistant: Assistant, jobs: IndexJobs) -> None:
    def known(document_id: str) -> None:
        assistant.refresh()
        if assistant.index.record(document_id) is None:
            raise HTTPException(404, "Dokumentet finns inte längre: ladda om sidan.")

    @router.post("/{document_id}/beskrivning", dependencies=[Depends(known)])
    def describe(document_id: str, said: dict[str, str]) -> dict[str, object]:
        try:
            description = parse_description(said)
        except RusError as error:
            raise HTTPException(400, error.message) from error
        job = Job("describe", str(jobs.index_directory), document_id=document_id, description=description)
        return _begun(jobs, job)

    @router.post("/{document_id}/ta-bort", dependencies=[Depends(known)])
    def forget(document_id: str) -> dict[str, object]:
        return _begun(jobs, Job("forget", str(jobs.index_directory), document_id=document_id))


async def _keep(form: FormData, folder: Path) -> None:
    """Write the uploaded files into the folder, each below it whatever its name says."""
    uploads = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    if not uploads:
        raise HTTPException(409, "Inga filer följde med. Välj filer och försök igen.")
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


def _begun(jobs: IndexJobs, job: Job, folder: Path | None = None) -> dict[str, object]:
    try:
        jobs.begin(job, folder)
    except RusError as error:
        raise HTTPException(409, error.message) from error
    return {}


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
