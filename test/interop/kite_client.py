"""Uses a Kite server with the kiteconnect package and prints the results as JSON: kite_client.py ROOT TICKER KEY SECRET REQUEST_TOKEN."""

import json
import sys
import threading

from kiteconnect import KiteConnect, KiteTicker
from kiteconnect import exceptions as ex

root, ticker_root, api_key, api_secret, request_token = sys.argv[1:]
kite = KiteConnect(api_key=api_key, root=root)
found = {}

session = kite.generate_session(request_token, api_secret=api_secret)
found["user"] = session["user_id"]
found["login_time"] = str(session["login_time"])
found["profile"] = kite.profile()["user_id"]
found["margins"] = kite.margins()["equity"]["net"]
found["holdings"] = kite.holdings()
found["positions"] = kite.positions()
found["orders"] = kite.orders()
found["trades"] = kite.trades()

instruments = kite.instruments()
found["instruments"] = len(instruments)
by_key = {f"{row['exchange']}:{row['tradingsymbol']}": row for row in instruments}
found["nifty"] = by_key["NSE:NIFTY 50"]["instrument_token"]
options = [row for row in kite.instruments("NFO") if row["name"] == "NIFTY" and row["instrument_type"] == "CE"]
found["expiry"] = str(min(row["expiry"] for row in options))
found["lots"] = sorted({row["lot_size"] for row in options})

found["ltp"] = kite.ltp(["NSE:INFY", "NSE:NOSUCH", "256265"])
found["ohlc"] = sorted(kite.ohlc("NSE:INFY", "BSE:SENSEX"))
quote = kite.quote("NSE:INFY", "NSE:NIFTY BANK")
found["timestamp"] = str(quote["NSE:INFY"]["timestamp"])
found["depth"] = len(quote["NSE:INFY"]["depth"]["buy"])
found["index"] = sorted(quote["NSE:NIFTY BANK"])

candles = kite.historical_data(408065, "2026-11-19 09:15:00", "2026-11-19 15:30:00", "15minute", oi=True)
found["candles"] = len(candles)
found["first"] = candles[0]["date"].isoformat()
found["candle_oi"] = candles[0]["oi"]

errors = {}
for name, call in {
    "span": lambda: kite.historical_data(408065, "2026-01-01", "2026-11-19", "minute"),
    "order": lambda: kite.place_order("regular", "NSE", "INFY", "BUY", 1, "CNC", "MARKET"),
    "many": lambda: kite.ltp([str(token) for token in range(1001)]),
}.items():
    try:
        call()
        errors[name] = None
    except ex.KiteException as error:
        errors[name] = [type(error).__name__, error.code, str(error)]
found["errors"] = errors

ticks = []
done = threading.Event()
ticker = KiteTicker(api_key, kite.access_token, root=ticker_root)


def on_connect(ws, response):
    ws.subscribe([408065, 256265])
    ws.set_mode(ws.MODE_FULL, [408065, 256265])


def on_ticks(ws, some):
    ticks.extend(some)
    if sum(tick["instrument_token"] == 408065 for tick in ticks) >= 3:
        done.set()


ticker.on_connect = on_connect
ticker.on_ticks = on_ticks
ticker.connect(threaded=True)
found["ticked"] = done.wait(20)
full = [tick for tick in ticks if tick["mode"] == "full"]
found["full"] = sorted({tick["instrument_token"] for tick in full})
share = next(tick for tick in reversed(full) if tick["tradable"])
found["share"] = {"levels": len(share["depth"]["buy"]), "oi": share["oi"], "ordered": share["depth"]["buy"][0]["orders"] > 0}
ticker.close()

kite.invalidate_access_token()
try:
    kite.profile()
except ex.TokenException as error:
    found["logged_out"] = [error.code, str(error)]
print(json.dumps(found))
