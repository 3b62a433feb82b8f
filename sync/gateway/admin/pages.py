"""The administrator's pages over HTTP: server-rendered, no script at all, each form with its session's token.

GET  /admin            figures          GET  /admin/cases      newest cases, decide a demo case
GET  /admin/refused    refusals         GET  /admin/windows    windows, enrol, revoke
GET  /admin/journal    deeds, journals that contradict themselves
GET, POST /admin/login    POST /admin/logout, /admin/enrol, /admin/revoke, /admin/decide
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response
from jinja2 import Environment, FileSystemLoader

from clerk_app.errors import AppError, StorageProblem
from sync.gateway import deeds, office, windows
from sync.gateway.admin import accounts, looks
from sync.gateway.admin.accounts import Session
from sync.gateway.arriving import Arrivals
from sync.gateway.endpoints import PEER
from sync.gateway.gateway import Gateway
from sync.gateway.limits import Buckets, address_of

COOKIE = "clerk_gateway_session"
FORM_LIMIT = 64 * 1024
GUESS_RATE, GUESS_BURST = 0.05, 12
"""Sign-ins of one address, right or wrong: a second, and at once."""
MOST_WAITING = 8
"""Sign-ins that may wait for each other: one is proved at a time, for each takes 64 MB and all of a core."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_TEMPLATES = Path(__file__).parent / "templates"
Form = dict[str, str]
Show = Callable[[Gateway], dict[str, Any]]
Act = Callable[[Gateway, Session, Form], tuple[str, dict[str, Any]]]
"""Does what a form asks; gives the page to show next and what to tell on it."""


class _Site:
    """The pages of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.arrivals = Arrivals()
        self.guesses = Buckets(GUESS_RATE, GUESS_BURST)
        self.at_once = CapacityLimiter(1)
        self._templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, auto_reload=False)
        self._templates.filters["china_time"] = looks.china_time
        self.shows: dict[str, Show] = {
            "figures": lambda gateway: {"counts": looks.counts(gateway)},
            "cases": lambda gateway: {"cases": looks.newest_cases(gateway), "results": office.RESULTS},
            "refused": lambda gateway: {"refused": looks.refused(gateway)},
            "windows": lambda gateway: {"windows": looks.windows(gateway)},
            "journal": lambda gateway: {"faults": looks.faults(gateway), "deeds": looks.done(gateway)},
        }
        self.acts: dict[str, Act] = {"enrol": _enrol, "revoke": _revoke, "decide": _decide}

    def page(self, name: str, session: Session | None, status: int = 200, **told: Any) -> Response:
        """A rendered page."""
        shown = self.shows[name](self.gateway) if session is not None and name in self.shows else {}
        text = self._templates.get_template(f"{name}.html").render(**shown, **told, session=session, page=name)
        return Response(text, status, HEADERS, "text/html; charset=utf-8")


def add_to(app: FastAPI, gateway: Gateway) -> None:
    """All the pages under /admin."""
    site = _Site(gateway)

    def add(path: str, method: str, answer: Callable[[Request], Awaitable[Response]]) -> None:
        app.add_route(path, answer, methods=[method])

    add("/admin/style.css", "GET", _style)
    add("/admin/login", "GET", partial(_plain, site))
    add("/admin/login", "POST", partial(_sign_in, site))
    for name in site.shows:
        add("/admin" if name == "figures" else f"/admin/{name}", "GET", partial(_show, site, name=name))
    for name in (*site.acts, "logout"):
        add(f"/admin/{name}", "POST", partial(_act, site, name=name))


async def _style(_request: Request) -> Response:
    return Response((_TEMPLATES / "style.css").read_bytes(), 200, HEADERS, "text/css; charset=utf-8")


async def _plain(site: _Site, _request: Request) -> Response:
    return site.page("login", None)


async def _show(site: _Site, request: Request, name: str) -> Response:
    def answer() -> Response:
        session = accounts.session_of(site.gateway, request.cookies.get(COOKIE, ""))
        return site.page(name, session) if session else _to("/admin/login")

    return await _guarded(site, answer)


async def _sign_in(site: _Site, request: Request) -> Response:
    is_welcome = site.guesses.take(address_of(request), site.gateway.clock.now().monotonic_ms)
    if not is_welcome or site.at_once.statistics().tasks_waiting >= MOST_WAITING:
        return site.page("login", None, 429, problem="登录太频繁，请过一会儿再试。")
    form = await _form(site, request)

    def answer() -> Response:
        outcome = accounts.sign_in(site.gateway, form.get("login", ""), form.get("password", ""))
        if isinstance(outcome, int):
            words = f"请 {outcome} 秒后再试。" if outcome else "登录名或密码不对。"
            return site.page("login", None, 403, problem=words)
        response = _to("/admin")
        secure = PEER in request.scope["state"] or request.headers.get("x-forwarded-proto") == "https"
        response.set_cookie(COOKIE, outcome[0], path="/admin", httponly=True, samesite="strict", secure=secure)
        return response

    return await _guarded(site, answer, site.at_once)


async def _act(site: _Site, request: Request, name: str) -> Response:
    form = await _form(site, request)

    def answer() -> Response:
        token = request.cookies.get(COOKIE, "")
        session = accounts.session_of(site.gateway, token)
        if session is None:
            return _to("/admin/login")
        if not accounts.is_own_form(session, form.get("csrf", "")):
            return site.page(
                "problem", session, 403, problem="这个表单不是从本页面交来的，没有执行。请重新打开页面再试。"
            )
        if name == "logout":
            accounts.sign_out(site.gateway, token)
            return _to("/admin/login")
        try:
            page, told = site.acts[name](site.gateway, session, form)
        except StorageProblem:
            raise
        except AppError as error:
            return site.page("problem", session, 400, problem=error.sentence())
        return site.page(page, session, **told)

    return await _guarded(site, answer)


async def _guarded(site: _Site, answer: Callable[[], Response], limiter: CapacityLimiter | None = None) -> Response:
    try:
        return await to_thread.run_sync(answer, limiter=limiter)
    except StorageProblem as error:
        return site.page("problem", None, 503, problem=error.sentence())


async def _form(site: _Site, request: Request) -> Form:
    """The fields of a form; what is too long, too slow or no form is an empty one."""
    try:
        body = await site.arrivals.read(request.stream(), address_of(request), FORM_LIMIT)
    except windows.Denied:
        return {}
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=20, errors="strict")
    except ValueError:
        return {}
    return {name: _without_zeros(values[0]).strip() for name, values in fields.items()}


def _without_zeros(text: str) -> str:
    """PostgreSQL keeps no zero byte."""
    return text.replace("\0", "")


def _to(path: str) -> Response:
    return Response(status_code=303, headers={**HEADERS, "Location": path})


def _enrol(gateway: Gateway, session: Session, form: Form) -> tuple[str, dict[str, Any]]:
    hall, window = form.get("hall", "").upper(), form.get("window", "").upper()
    told = {name: form.get(name, "")[:40] for name in ("name", "short", "phone")}
    code = windows.enrol_token(gateway, hall, window, **told)
    if form.get("tls"):
        code = f"{code}.{gateway.authority.fingerprint}"
    _note(gateway, session, "window.enrolled", f"{hall}/{window}")
    return "windows", {"code": code, "code_for": f"{hall} 大厅 {window} 号窗口"}


def _revoke(gateway: Gateway, session: Session, form: Form) -> tuple[str, dict[str, Any]]:
    window_id = form.get("window_id", "")
    windows.revoke(gateway, window_id)
    _note(gateway, session, "window.revoked", window_id)
    return "windows", {"said": f"{window_id} 已停用，它再送来的都不收。"}


def _decide(gateway: Gateway, session: Session, form: Form) -> tuple[str, dict[str, Any]]:
    case_id, result = form.get("case_id", ""), form.get("result", "")
    if not looks.is_sample(gateway, case_id):
        return "problem", {"problem": "这里只能替演示大厅的样例办件作决定，正式办件由平台决定。"}
    office.decide(gateway, case_id, result, form.get("note", "")[:200])
    _note(gateway, session, "case.decided", f"{case_id} {result}")
    return "cases", {"said": f"已办结：{result}。" if result != office.CORRECTION else "已要求补正。"}


def _note(gateway: Gateway, session: Session, act: str, thing: str) -> None:
    with gateway.store.transaction() as connection:
        deeds.note(connection, gateway.clock.now().utc_ms, session.login, act, thing)
