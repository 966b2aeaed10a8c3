"""The OpenAI-compatible client against a real HTTP server that behaves well and badly."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pokerl.budget import Budget, Limits
from pokerl.errors import ConfigurationProblem, ModelProblem
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.ledger import Ledger
from pokerl.rlm.messages import Image, ModelRequest, Usage, say
from pokerl.rlm.models.openai import NO_IMAGE, OpenAIModel
from pokerl.rlm.models.prices import published_price, published_window
from pokerl.rlm.models.settings import EndpointSettings, read_settings
from pokerl.rlm.pictures import to_png
from pokerl.rlm.problems import ContextTooLong, CutShort, ModelUnreachable


def chunk(text=None, finish=None, **delta):
    inner = ({"content": text} if text is not None else {}) | delta
    choice = {"index": 0, "delta": inner, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
TAIL = [chunk(finish="stop"), chunk() | {"choices": [], "usage": USAGE}, "[DONE]"]
GOOD = [chunk("Hel"), chunk("lo"), *TAIL]


class Server(ThreadingHTTPServer):
    """Answers each POST with the next of its plans; a plan is a list of chunks (numbers are pauses) or an error."""

    daemon_threads = True

    def __init__(self, *plans):
        super().__init__(("127.0.0.1", 0), Handler)
        self.plans, self.bodies, self.times = list(plans), [], []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        plan = self.server.plans[0]
        self.error(*(plan if isinstance(plan, tuple) else (404, {}, "no models here")))

    def do_POST(self):
        self.server.times.append(time.monotonic())
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        plan = self.server.plans.pop(0) if len(self.server.plans) > 1 else self.server.plans[0]
        if isinstance(plan, tuple):
            return self.error(*plan)
        if not self.server.bodies[-1].get("stream"):
            return self.whole(plan)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in plan:
            if isinstance(piece, int | float):
                time.sleep(piece)
                continue
            text = piece if isinstance(piece, str) else json.dumps(piece)
            try:
                self.wfile.write(f"data: {text}\n\n".encode())
                self.wfile.flush()
            except OSError:
                return None
        return None

    def whole(self, plan):
        """The pieces of a plan as one completion."""
        text = "".join(piece["choices"][0]["delta"].get("content", "") for piece in plan if is_piece(piece))
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        self.answer(200, {"Content-Type": "application/json"}, {"id": "1", "choices": [choice], "usage": USAGE})

    def error(self, status, headers, message, code=None):
        self.answer(status, headers, {"error": {"message": message, "code": code, "type": "x"}})

    def answer(self, status, headers, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def is_piece(piece):
    return isinstance(piece, dict) and piece["choices"]


@pytest.fixture
def serve(monkeypatch):
    servers = []
    monkeypatch.setattr("pokerl.rlm.models.openai.FIRST_WAIT", 0.01)

    def start(*plans, **settings):
        server = Server(*plans)
        servers.append(server)
        model = OpenAIModel("m", EndpointSettings(openai_api_key="k", openai_base_url=server.url, **settings))
        return server, model

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def request(*parts, deadline=None, waiting=None):
    given = {"waiting": waiting} if waiting else {}
    return ModelRequest("a", 1, (say("system", "S"), say("user", *(parts or ("Hi",)))), deadline, **given)


def test_a_streamed_reply_with_its_usage(serve):
    server, model = serve(GOOD)
    completion = model.complete(request())
    assert completion.text == "Hello"
    assert (completion.usage.input_tokens, completion.usage.output_tokens, completion.usage.estimated) == (11, 7, False)
    assert completion.usage.dollars is None
    body = server.bodies[0]
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})
    assert body["messages"] == [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]
    assert "temperature" not in body


def test_settings_become_parameters(serve):
    server, model = serve(GOOD, reasoning_effort="low", max_output_tokens=99, extra={"top_k": 3})
    model.complete(request())
    assert {"reasoning_effort": "low", "max_completion_tokens": 99, "top_k": 3}.items() <= server.bodies[0].items()


def test_usage_is_estimated_and_marked_when_the_endpoint_does_not_tell(serve):
    _, model = serve([chunk("Hello"), chunk(finish="stop"), "[DONE]"])
    usage = model.complete(request("x" * 4000)).usage
    assert usage.estimated
    assert usage.input_tokens > 900


def test_the_published_price_of_a_call_is_told():
    usage = Usage(1_000_000, 1_000_000)
    price = published_price("gpt-5", "https://api.openai.com/v1", usage)
    assert price > 1
    assert 0 < published_price("gpt-5", "https://api.openai.com/v1", usage, cached_tokens=900_000) < price
    assert published_price("gpt-5", "https://api.openai.com/v1", Usage()) == 0


def test_what_is_far_too_long_for_a_known_model_is_not_sent(serve, monkeypatch):
    server, model = serve(GOOD, GOOD)
    monkeypatch.setattr("pokerl.rlm.models.openai.published_window", lambda *_: 1000)
    with pytest.raises(ContextTooLong, match="was not sent: m reads 1,000"):
        model.complete(request("x" * 10_000))
    assert server.bodies == []
    assert model.complete(request("x" * 5_000)).text == "Hello"


def test_published_windows_are_those_of_the_endpoints_own_models():
    assert published_window("gpt-4o", "https://api.openai.com/v1") == 128_000
    assert published_window("gpt-4o", "http://127.0.0.1:8000/v1") is None


@pytest.mark.parametrize(
    ("model", "address"),
    [
        ("gpt-5", "http://127.0.0.1:8000/v1"),
        ("nonesuch-9", "https://api.openai.com/v1"),
        ("gpt-5", "https://x.test/v1"),
    ],
)
def test_an_unknown_price_is_unknown_and_never_zero(model, address):
    assert published_price(model, address, Usage(1, 1)) is None


def test_prices_of_ones_own_hold_also_for_broken_tries(serve):
    _, model = serve([chunk("x" * 400)], GOOD, input_price=1.0, output_price=2.0)
    usage = model.complete(request()).usage
    assert usage.dollars == pytest.approx((usage.input_tokens + 2 * usage.output_tokens) / 1e6)


def test_a_free_model_costs_zero_and_not_unknown(serve):
    _, model = serve(GOOD, input_price=0, output_price=0)
    assert model.complete(request()).usage.dollars == 0.0


def test_tokens_read_from_the_cache_are_priced_as_such(serve, monkeypatch):
    asked = []
    monkeypatch.setattr("pokerl.rlm.models.openai.published_price", lambda *words: asked.append(words) or 0.5)
    cached = USAGE | {"prompt_tokens_details": {"cached_tokens": 8}}
    server, model = serve([chunk("Hello"), chunk(finish="stop"), chunk() | {"choices": [], "usage": cached}, "[DONE]"])
    assert model.complete(request()).usage.dollars == 0.5
    assert asked == [("m", server.url, Usage(11, 7), 8)]


def test_an_endpoint_that_does_not_know_stream_options_is_asked_without(serve):
    server, model = serve((400, {}, "unknown field stream_options"), GOOD)
    assert model.complete(request()).text == "Hello"
    assert "stream_options" not in server.bodies[1]


def test_pictures_go_as_data_urls(serve):
    server, model = serve(GOOD)
    model.complete(request("look", Image(to_png([[0, 1]]))))
    text, picture = server.bodies[0]["messages"][1]["content"]
    assert text == {"type": "text", "text": "look"}
    assert picture["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


def test_a_model_without_eyes_gets_a_sentence(serve):
    server, model = serve(GOOD, images=False)
    model.complete(request("look", Image(to_png([[0, 1]]))))
    assert server.bodies[0]["messages"][1]["content"] == f"look\n{NO_IMAGE}"


def test_rate_limits_are_waited_out_as_asked_and_do_not_count_as_work(serve):
    server, model = serve((429, {"Retry-After": "0.4"}, "slow down"), GOOD)
    budget = Budget()
    completion = model.complete(request(waiting=budget.waiting))
    assert completion.text == "Hello"
    assert server.times[1] - server.times[0] >= 0.4
    assert completion.waited >= 0.4
    assert budget.spent("wall_seconds") - budget.spent("working_seconds") >= 0.4


@pytest.mark.parametrize(
    "trouble",
    [
        (500, {}, "oops"),
        (503, {}, "busy"),
        [chunk("Hel")],
        [chunk("Hel"), '{"broken'],
        [chunk(""), *TAIL],
        [chunk(None), *TAIL],
        ["[DONE]"],
        [chunk("Hel"), '{"error": {"message": "overloaded"}}'],
        [chunk() | {"choices": [{"delta": "words"}]}],
    ],
    ids=["500", "503", "cut", "broken json", "empty", "none", "nothing", "error in stream", "another shape"],
)
def test_what_may_pass_is_tried_again(serve, trouble):
    server, model = serve(trouble, trouble, GOOD)
    completion = model.complete(request())
    assert completion.text == "Hello"
    assert len(server.bodies) == 3


def test_a_stream_without_a_word_is_asked_for_in_one_piece(serve):
    server, model = serve([], GOOD)
    assert model.complete(request()).text == "Hello"
    assert [body.get("stream") for body in server.bodies] == [True, False]


def test_why_a_stream_stayed_empty_is_found_out(serve):
    server, model = serve([], (400, {}, "This model's maximum context length is 9 tokens."))
    with pytest.raises(ContextTooLong):
        model.complete(request())
    assert len(server.bodies) == 2


def test_the_tokens_of_broken_replies_are_counted(serve):
    _, model = serve([chunk("x" * 400)], GOOD)
    usage = model.complete(request()).usage
    assert usage.output_tokens > 100
    assert usage.estimated


def test_a_stalled_stream_is_given_up_and_asked_again(serve):
    _, model = serve([chunk("Hel"), 3.0], GOOD, stall_seconds=0.3)
    assert model.complete(request()).text == "Hello"


def test_trouble_without_end_is_a_model_problem_that_names_the_endpoint(serve):
    server, model = serve((500, {}, "oops"), attempts=3)
    with pytest.raises(ModelProblem, match=f"{server.url} gave no usable reply .3 tries.: status 500"):
        model.complete(request())
    assert len(server.bodies) == 3


def test_the_deadline_cuts_a_slow_stream_and_tells_what_it_cost(serve):
    _, model = serve([chunk("word ") if n % 2 else 0.05 for n in range(200)])
    with pytest.raises(CutShort) as caught:
        model.complete(request(deadline=time.monotonic() + 0.5))
    assert caught.value.usage.output_tokens > 0


def test_no_waiting_beyond_the_deadline(serve):
    _, model = serve((429, {"Retry-After": "60"}, "slow down"))
    with pytest.raises(ModelProblem, match="the deadline is near"):
        model.complete(request(deadline=time.monotonic() + 1))


def test_a_refusal_is_what_the_model_said(serve):
    _, model = serve([chunk(refusal="I will not."), *TAIL])
    assert model.complete(request()).text == "I will not."


def test_a_reply_that_only_thought_until_its_length_ran_out_is_empty(serve):
    _, model = serve([chunk(finish="length"), "[DONE]"])
    assert model.complete(request()).text == ""


def test_a_request_that_was_not_taken_cost_nothing_and_a_failed_one_is_unknown(serve):
    ledger, budget = Ledger(), Budget()
    for plan in [(401, {}, "bad key"), (400, {}, "no such field"), (400, {}, "maximum context is 9 tokens")]:
        with pytest.raises(ModelProblem):
            ledger.ask(serve(plan)[1], request(), budget, Cancellation())
    assert ledger.usage() == Usage(0, 0, 0.0)
    with pytest.raises(ModelProblem):
        ledger.ask(serve([chunk("half")], attempts=1)[1], request(), budget, Cancellation())
    assert ledger.usage().dollars is None
    assert budget.spent("tokens") == ledger.usage().tokens > 0


def test_a_limit_in_dollars_is_refused_where_the_price_is_unknown(serve):
    server, model = serve(GOOD)
    ledger, budget = Ledger(), Budget(Limits(dollars=1))
    for _ in range(2):
        with pytest.raises(ConfigurationProblem, match="what m costs is not known"):
            ledger.ask(model, request(), budget, Cancellation())
    assert (len(server.bodies), ledger.usage().tokens) == (1, 18)
    priced = serve(GOOD, input_price=1, output_price=1)[1]
    assert Ledger().ask(priced, request(), Budget(Limits(dollars=1)), Cancellation()).text == "Hello"


@pytest.mark.parametrize(
    "error",
    [
        (400, {}, "This model's maximum context length is 8192 tokens."),
        (400, {}, "no", "context_length_exceeded"),
        [chunk("a"), '{"error": {"message": "prompt is too long: 9 tokens"}}'],
    ],
)
def test_a_context_too_long_has_a_name(serve, error):
    _, model = serve(error)
    with pytest.raises(ContextTooLong):
        model.complete(request())


def test_an_endpoint_that_repeats_the_key_does_not_get_it_into_the_record(serve):
    server, _ = serve((401, {}, "bad key sk-very-secret"))
    address = server.url.replace("http://", "http://me:secret@")
    model = OpenAIModel("m", EndpointSettings(openai_api_key="sk-very-secret", openai_base_url=address))
    for ask in (lambda: model.complete(request()), model.check):
        with pytest.raises(ModelUnreachable) as caught:
            ask()
        assert "secret" not in str(caught.value)
        assert "bad key" in str(caught.value) or "accept the key" in str(caught.value)


def test_a_wrong_key_and_an_unknown_model_are_not_tried_again(serve):
    server, model = serve((401, {}, "bad key"))
    with pytest.raises(ModelUnreachable, match="Check OPENAI_API_KEY"):
        model.complete(request())
    with pytest.raises(ModelUnreachable, match="OPENAI_API_KEY"):
        model.check()
    assert len(server.bodies) == 1
    _, model = serve((404, {}, "nope"))
    with pytest.raises(ModelUnreachable, match="no model 'm'"):
        model.complete(request())


def test_an_account_without_credit_is_not_tried_again(serve):
    server, model = serve((429, {}, "pay", "insufficient_quota"))
    with pytest.raises(ModelProblem, match="no credit"):
        model.complete(request())
    assert len(server.bodies) == 1


def test_nobody_at_the_address_is_found_out_before_a_run(serve):
    server, model = serve(GOOD)
    server.shutdown()
    server.server_close()
    with pytest.raises(ModelUnreachable, match=f"No model endpoint answers at {server.url}") as caught:
        model.check()
    assert caught.value.exit_code == 2


def test_an_endpoint_that_does_not_list_models_passes_the_check(serve):
    serve((404, {}, "no such page"))[1].check()


def test_the_key_comes_from_the_environment_or_a_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationProblem, match="OPENAI_API_KEY is not set"):
        OpenAIModel("m")
    (tmp_path / ".env").write_text("OPENAI_API_KEY=from-file\nOPENAI_BASE_URL=http://127.0.0.1:1/v1\n")
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1:1"):
        OpenAIModel("m").check()
    assert isinstance(OpenAIModel("m", EndpointSettings()), OpenAIModel)
    monkeypatch.setenv("OPENAI_BASE_URL", "not a url")
    with pytest.raises(ConfigurationProblem, match="not a URL"):
        OpenAIModel("m")


def test_settings_come_from_variables_of_our_own_and_never_from_general_names(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in {"IMAGES": "maybe", "EXTRA": "[", "ATTEMPTS": "-3", "TEMPERATURE": "hot"}.items():
        monkeypatch.setenv(name, value)
    assert EndpointSettings().attempts == 6
    monkeypatch.setenv("POKERL_ATTEMPTS", "3")
    monkeypatch.setenv("POKERL_IMAGES", "false")
    monkeypatch.setenv("POKERL_EXTRA", '{"top_k": 1}')
    (tmp_path / ".env").write_text("POKERL_TEMPERATURE=0.5\nSOMETHING_ELSE=1\n")
    found = read_settings()
    assert (found.attempts, found.images, found.extra, found.temperature) == (3, False, {"top_k": 1}, 0.5)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ATTEMPTS", "0", "POKERL_ATTEMPTS is wrong"),
        ("INPUT_PRICE", "1", "set both or neither"),
        ("EXTRA", "[", "extra"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch, tmp_path, name, value, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"POKERL_{name}", value)
    with pytest.raises(ConfigurationProblem, match=words):
        read_settings()
