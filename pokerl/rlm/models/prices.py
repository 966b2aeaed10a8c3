"""What is published of a model: what a call costs in dollars, and how much it reads."""

from __future__ import annotations

import msgspec

from pokerl.rlm.messages import Usage

MILLION = 1_000_000


class Tariff(msgspec.Struct, frozen=True):
    """Prices of one's own, in dollars for a million tokens; 0 says that a call is free."""

    input: float
    output: float

    def dollars(self, usage: Usage) -> float:
        """What a call costs."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / MILLION


def published_price(model: str, address: str, usage: Usage, cached_tokens: int = 0) -> float | None:
    """What a call costs by the price lists of ``genai-prices`` that came with its package.

    Args:
        model: the model's name at the endpoint.
        address: the endpoint's URL. It decides whose prices hold: a server of one's own may call its model as it likes.
        usage: its tokens.
        cached_tokens: how many of the input tokens the endpoint took from its cache.

    Returns:
        Dollars, or ``None`` (never 0) when the endpoint, the model or one of its two prices is not on the lists.
    """
    from genai_prices import Usage as Tokens  # 1.7 MB of lists that only real endpoints need
    from genai_prices import calc_price

    tokens = Tokens(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=min(cached_tokens, usage.input_tokens),
    )
    try:
        found = calc_price(tokens, model, provider_api_url=address)
    except LookupError:
        return None
    prices = found.model_price
    if (prices.input_mtok is None and usage.input_tokens) or (prices.output_mtok is None and usage.output_tokens):
        return None
    return float(found.total_price)


def published_window(model: str, address: str) -> int | None:
    """How many tokens a model reads at most by the same lists, or ``None`` when that is not on them."""
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    try:
        return calc_price(Tokens(input_tokens=0, output_tokens=0), model, provider_api_url=address).model.context_window
    except LookupError:
        return None
