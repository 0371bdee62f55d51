"""Uses a TWS gateway with ib_async and prints one JSON document. Arguments: port."""

import json
import logging
import sys

from ib_async import IB, Index, Option, Stock

logging.getLogger("ib_async").setLevel(logging.CRITICAL)
ib = IB()
errors = []
ib.errorEvent += lambda request, code, message, contract: errors.append([request, code])
ib.connect("127.0.0.1", int(sys.argv[1]), clientId=11, timeout=300, raiseSyncErrors=True)

apple = Stock("AAPL", "SMART", "USD")
vix = Index("VIX", "CBOE")
ib.qualifyContracts(apple, vix)
[details] = ib.reqContractDetails(apple)
chains = ib.reqSecDefOptParams("AAPL", "", "STK", apple.conId)
option = Option("AAPL", "20261218", 270, "C", "SMART")
ib.qualifyContracts(option)


def bars(contract, **wanted):
    found = ib.reqHistoricalData(contract, useRTH=True, **wanted)
    return [[str(bar.date), bar.open, bar.high, bar.low, bar.close, bar.volume, bar.average, bar.barCount] for bar in found]


days = bars(apple, endDateTime="", durationStr="5 D", barSizeSetting="1 day", whatToShow="TRADES")
minutes = bars(
    apple,
    endDateTime="20261117 16:00:00 US/Eastern",
    durationStr="1 D",
    barSizeSetting="5 mins",
    whatToShow="TRADES",
    formatDate=2,
)
index = bars(vix, endDateTime="", durationStr="2 D", barSizeSetting="1 day", whatToShow="TRADES")
head = ib.reqHeadTimeStamp(apple, "TRADES", True, 2)
[ticker] = ib.reqTickers(option)
stream = ib.reqMktData(option, "101", False, False)
ib.sleep(0.5)
ib.cancelMktData(option)
missing = ib.reqContractDetails(Stock("UNKNOWN", "SMART", "USD"))

print(
    json.dumps(
        {
            "version": ib.client.serverVersion(),
            "account": ib.managedAccounts(),
            "values": len(ib.accountValues()),
            "positions": len(ib.positions()),
            "conIds": [apple.conId, vix.conId, option.conId],
            "zone": details.timeZoneId,
            "longName": details.longName,
            "liquidHours": details.liquidHours,
            "exchanges": [chain.exchange for chain in chains],
            "expiries": chains[0].expirations,
            "strikes": chains[0].strikes,
            "days": days,
            "minutes": minutes,
            "index": index,
            "head": head.isoformat(),
            "greeks": [ticker.modelGreeks.impliedVol, ticker.modelGreeks.delta, ticker.modelGreeks.undPrice],
            "quote": [ticker.bid, ticker.ask, ticker.last],
            "openInterest": stream.callOpenInterest,
            "missing": len(missing),
            "time": ib.reqCurrentTime().isoformat(),
            "errors": [error for error in errors if error[1] < 2000],
        }
    )
)
ib.disconnect()
