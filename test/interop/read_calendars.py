"""Prints the sessions of exchange_calendars as JSON: {exchange: {date: "09:00-11:30 12:30-15:30"}}."""

import json
import sys

import exchange_calendars
import pandas


def clock(moment, zone):
    return moment.tz_convert(zone).strftime("%H:%M")


def sessions(exchange, first, last):
    calendar = exchange_calendars.get_calendar(exchange, start=first, end=last)
    zone = calendar.tz
    found = {}
    for date, row in calendar.schedule.iterrows():
        opens, closes = clock(row["open"], zone), clock(row["close"], zone)
        if pandas.isna(row["break_start"]):
            found[date.strftime("%Y-%m-%d")] = f"{opens}-{closes}"
        else:
            found[date.strftime("%Y-%m-%d")] = f"{opens}-{clock(row['break_start'], zone)} {clock(row['break_end'], zone)}-{closes}"
    return found


first, last, *exchanges = sys.argv[1:]
json.dump({exchange: sessions(exchange, first, last) for exchange in exchanges}, sys.stdout)
