"""The sandbox: Telegram's side of the wire, on loopback, for a bot without a token.

It stands alone: nothing here imports the rest of Xiaoer, so it can run in another process than the bot
and stay up while the bot is killed. `Sandbox` (in `server.py`) is all a host process needs.
"""

from bot.sandbox.server import Sandbox

__all__ = ["Sandbox"]
