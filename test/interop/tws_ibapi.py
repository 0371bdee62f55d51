"""Uses a TWS gateway with Interactive Brokers' own client and prints one JSON document. Arguments: port."""

import json
import sys
import threading

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.wrapper import EWrapper


class Asking(EWrapper, EClient):
    """Collects messages by request and records the end of each request."""

    def __init__(self):
        EClient.__init__(self, self)
        self.over = {}
        self.found = {}

    def end(self, name):
        self.over.setdefault(name, threading.Event()).set()

    def wait(self, name):
        if not self.over.setdefault(name, threading.Event()).wait(20):
            raise TimeoutError(f"{name} was not answered")
        return self.found.get(name, [])

    def keep(self, name, value):
        self.found.setdefault(name, []).append(value)

    def nextValidId(self, orderId):
        self.end("start")

    def error(self, reqId, *rest):
        # With or without the time of the error before its code, by version of the library.
        code = rest[1] if isinstance(rest[1], int) else rest[0]
        if code < 2000:
            self.keep(reqId, code)
            self.end(reqId)

    def contractDetails(self, reqId, details):
        self.keep(reqId, details)

    def contractDetailsEnd(self, reqId):
        self.end(reqId)

    def historicalData(self, reqId, bar):
        self.keep(reqId, [bar.date, bar.open, bar.high, bar.low, bar.close, float(bar.volume), float(bar.wap), bar.barCount])

    def historicalDataEnd(self, reqId, start, end):
        self.end(reqId)

    def securityDefinitionOptionParameter(self, reqId, *parameters):
        self.keep(reqId, parameters)

    def securityDefinitionOptionParameterEnd(self, reqId):
        self.end(reqId)

    def tickPrice(self, reqId, tickType, price, attrib):
        self.keep(reqId, [int(tickType), price])

    def tickOptionComputation(self, reqId, tickType, *rest):
        self.keep(reqId, [int(tickType), rest[1], rest[2]])

    def tickSnapshotEnd(self, reqId):
        self.end(reqId)

    def headTimestamp(self, reqId, headTimestamp):
        self.keep(reqId, headTimestamp)
        self.end(reqId)

    def positionEnd(self):
        self.end("positions")

    def completedOrdersEnd(self):
        self.end("completed")

    def accountSummary(self, reqId, *rest):
        self.keep(reqId, rest)

    def accountSummaryEnd(self, reqId):
        self.end(reqId)

    def symbolSamples(self, reqId, samples):
        self.keep(reqId, len(samples))
        self.end(reqId)


def contract(**fields):
    result = Contract()
    for name, value in {"exchange": "SMART", "currency": "USD", **fields}.items():
        setattr(result, name, value)
    return result


app = Asking()
app.connect("127.0.0.1", int(sys.argv[1]), 12)
threading.Thread(target=app.run, daemon=True).start()
app.wait("start")
apple = contract(symbol="AAPL", secType="STK")
calls = contract(symbol="AAPL", secType="OPT", lastTradeDateOrContractMonth="20261218", right="C")

app.reqContractDetails(1, apple)
[details] = app.wait(1)
app.reqContractDetails(2, calls)
options = app.wait(2)
app.reqSecDefOptParams(3, "AAPL", "", "STK", details.contract.conId)
chains = app.wait(3)
app.reqHistoricalData(4, apple, "", "5 D", "1 day", "TRADES", 1, 1, False, [])
days = app.wait(4)
app.reqHistoricalData(5, apple, "20261117-21:00:00", "1 D", "30 mins", "MIDPOINT", 1, 2, False, [])
halves = app.wait(5)
app.reqHeadTimeStamp(6, apple, "TRADES", 1, 1)
[head] = app.wait(6)
app.reqMktData(7, options[0].contract, "", True, False, [])
ticks = app.wait(7)
app.reqContractDetails(8, contract(symbol="UNKNOWN", secType="STK"))
unknown = app.wait(8)
app.reqPositions()
app.wait("positions")
app.reqCompletedOrders(False)
app.wait("completed")
app.reqAccountSummary(9, "All", "NetLiquidation")
summary = app.wait(9)
app.reqMatchingSymbols(10, "MSFT")
samples = app.wait(10)

print(
    json.dumps(
        {
            "version": app.serverVersion(),
            "conId": details.contract.conId,
            "longName": details.longName,
            "zone": details.timeZoneId,
            "stockType": details.stockType,
            "minSize": float(details.minSize),
            "options": [[one.contract.conId, one.contract.strike, one.contract.lastTradeDateOrContractMonth] for one in options],
            "exchanges": [chain[0] for chain in chains],
            "days": days,
            "halves": halves,
            "head": head,
            "ticks": ticks,
            "unknown": unknown,
            "summary": len(summary),
            "samples": samples,
        }
    )
)
app.disconnect()
