// Generated from schemas/pipeline.schema.json by scripts/schema.js; do not edit.
// @ts-nocheck
/* eslint-disable */
import type { ErrorObject } from 'ajv';
import type { PipelineFile } from './schema.generated.js';

export const validate: { (value: unknown): value is PipelineFile; errors?: readonly ErrorObject[] | null } = validate10;

const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"pipeline.schema.json","title":"pipeline","type":"object","additionalProperties":false,"required":["name","steps"],"properties":{"name":{"title":"pipeline name","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$"},"description":{"title":"description","type":"string"},"include":{"$ref":"#/definitions/include"},"provider":{"title":"provider","type":"string","enum":["auto","mock","synthetic","ib","kite"]},"calendar":{"title":"calendar","type":"string","pattern":"^[A-Z0-9]{4}$"},"schedule":{"title":"schedule","type":"object","additionalProperties":false,"properties":{"cron":{"$ref":"#/definitions/cron"},"timezone":{"title":"time zone","type":"string","pattern":"^[A-Za-z0-9_+/-]+$"},"every":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"market_hours":{"title":"true or false","type":"boolean"},"calendar":{"title":"calendar","type":"string","pattern":"^[A-Z0-9]{4}$"},"max_cycles":{"title":"number of cycles","type":"integer","minimum":1,"maximum":1000000000},"catch_up":{"title":"catch-up","type":"string","enum":["none","last","all"]},"overlap":{"title":"overlap","type":"string","enum":["skip","queue"]},"jitter":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"defaults":{"title":"defaults section","type":"object","additionalProperties":false,"properties":{"symbols":{"title":"defaults for symbols","type":"object","additionalProperties":false,"properties":{"kind":{"$ref":"#/definitions/kind"},"exchange":{"$ref":"#/definitions/exchange"},"currency":{"$ref":"#/definitions/currency"},"priority":{"$ref":"#/definitions/priority"}}},"steps":{"title":"defaults for steps","type":"object","additionalProperties":false,"properties":{"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"bar_size":{"$ref":"#/definitions/barSizes"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"lookback":{"title":"lookback","type":"string","pattern":"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},"revision_window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}}}},"symbols":{"$ref":"#/definitions/symbolList"},"groups":{"title":"groups","type":"object","propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/group"}},"steps":{"$ref":"#/definitions/steps"},"pacing":{"$ref":"#/definitions/pacing"},"retry":{"$ref":"#/definitions/retry"},"breaker":{"$ref":"#/definitions/breaker"},"parallel":{"$ref":"#/definitions/parallel"},"analytics":{"$ref":"#/definitions/analytics"},"providers":{"title":"providers section","type":"object","additionalProperties":false,"properties":{"mock":{"$ref":"#/definitions/mock"},"synthetic":{"$ref":"#/definitions/synthetic"},"ib":{"$ref":"#/definitions/ib"},"kite":{"$ref":"#/definitions/kite"}}},"lineage":{"title":"lineage section","type":"object","additionalProperties":false,"properties":{"retention":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"endpoint":{"title":"URL","type":"string","pattern":"^https?://\\S+$"}}},"metrics":{"title":"metrics section","type":"object","additionalProperties":false,"properties":{"prefix":{"title":"prefix","type":"string","pattern":"^[a-zA-Z_][a-zA-Z0-9_]{0,31}$"},"symbol_label":{"title":"label","type":"string","pattern":"^[a-zA-Z_][a-zA-Z0-9_]{0,31}$"}}},"logs":{"title":"logs section","type":"object","additionalProperties":false,"properties":{"file":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"},"level":{"title":"level","type":"string","enum":["debug","info","warn","error"]},"max_size":{"title":"size","type":"string","pattern":"^[1-9][0-9]{0,8} ?(kB|KB|MB|GB)$"},"max_files":{"title":"number of files","type":"integer","minimum":0,"maximum":1000}}},"hooks":{"title":"hooks section","type":"object","additionalProperties":false,"properties":{"before_run":{"title":"list of hooks","type":"array","minItems":1,"items":{"$ref":"#/definitions/gateHook"}},"before_fetch":{"title":"list of hooks","type":"array","minItems":1,"items":{"$ref":"#/definitions/taskHook"}},"after_store":{"title":"list of hooks","type":"array","minItems":1,"items":{"$ref":"#/definitions/taskHook"}},"on_failure":{"title":"list of hooks","type":"array","minItems":1,"items":{"$ref":"#/definitions/taskHook"}},"on_cycle_complete":{"title":"list of hooks","type":"array","minItems":1,"items":{"$ref":"#/definitions/hook"}},"parallel":{"title":"number of commands","type":"integer","minimum":1,"maximum":64}}},"alerts":{"title":"alerts section","type":"object","additionalProperties":false,"properties":{"channels":{"title":"channels","type":"object","propertyNames":{"$ref":"#/definitions/name"},"additionalProperties":{"$ref":"#/definitions/channel"}},"rules":{"title":"list of alert rules","type":"array","minItems":1,"items":{"$ref":"#/definitions/alertRule"}},"repeat_after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"panels":{"title":"panels section","type":"object","additionalProperties":false,"properties":{"folder":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"}}}},"definitions":{"symbol":{"title":"symbol","type":"string","pattern":"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},"kind":{"title":"instrument kind","type":"string","enum":["stock","etf","index","future"]},"exchange":{"title":"exchange","type":"string","enum":["SMART","NYSE","ARCA","AMEX","BATS","CBOE","NASDAQ","ASX","NSE","BSE","CME","CBOT","NYMEX","COMEX"]},"currency":{"title":"currency","type":"string","pattern":"^[A-Z]{3}$"},"calendar":{"title":"calendar","type":"string","pattern":"^[A-Z0-9]{4}$"},"priority":{"title":"priority","type":"integer","minimum":1,"maximum":9},"name":{"title":"name","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,63}$"},"duration":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"lookback":{"title":"lookback","type":"string","pattern":"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},"date":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"barSize":{"title":"bar size","type":"string","enum":["1 secs","5 secs","10 secs","15 secs","30 secs","1 min","2 mins","3 mins","5 mins","10 mins","15 mins","20 mins","30 mins","1 hour","2 hours","3 hours","4 hours","8 hours","1 day"]},"priceType":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"title":"hours","type":"string","enum":["rth","all"]},"provider":{"title":"provider","type":"string","enum":["auto","mock","synthetic","ib","kite"]},"cron":{"title":"cron expression","type":"string","pattern":"^\\S.*$"},"timezone":{"title":"time zone","type":"string","pattern":"^[A-Za-z0-9_+/-]+$"},"path":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"},"needs":{"title":"needs","anyOf":[{"$ref":"#/definitions/name"},{"title":"list of step names","type":"array","items":{"$ref":"#/definitions/name"}}]},"stepNames":{"title":"list of step names","type":"array","minItems":1,"items":{"$ref":"#/definitions/name"}},"barSizes":{"title":"bar size","anyOf":[{"$ref":"#/definitions/barSize"},{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}}]},"taskTimeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"datasets":{"title":"list of tables","type":"array","minItems":1,"items":{"title":"table","type":"string","enum":["contracts","chains","equity_bars","option_bars","history_starts","quotes","option_snapshots"]}},"symbolEntry":{"title":"symbol entry","type":"object","additionalProperties":false,"properties":{"symbol":{"$ref":"#/definitions/symbol"},"file":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"},"kind":{"$ref":"#/definitions/kind"},"exchange":{"$ref":"#/definitions/exchange"},"currency":{"$ref":"#/definitions/currency"},"calendar":{"$ref":"#/definitions/calendar"},"priority":{"$ref":"#/definitions/priority"},"steps":{"$ref":"#/definitions/stepNames"}},"anyOf":[{"required":["symbol"]},{"required":["file"]}]},"symbolList":{"title":"list of symbols","type":"array","items":{"anyOf":[{"$ref":"#/definitions/symbol"},{"$ref":"#/definitions/symbolEntry"}]}},"group":{"title":"group","type":"object","additionalProperties":false,"required":["symbols"],"properties":{"symbols":{"$ref":"#/definitions/symbolList"},"kind":{"$ref":"#/definitions/kind"},"exchange":{"$ref":"#/definitions/exchange"},"currency":{"$ref":"#/definitions/currency"},"calendar":{"$ref":"#/definitions/calendar"},"priority":{"$ref":"#/definitions/priority"},"steps":{"$ref":"#/definitions/stepNames"}}},"contractsStep":{"title":"contracts step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"contracts"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"chainsStep":{"title":"chains step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"chains"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"historyStep":{"title":"history step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"history"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"quotesStep":{"title":"quotes step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"quotes"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"equityStep":{"title":"equity step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"equity"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"bar_size":{"$ref":"#/definitions/barSizes"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"lookback":{"title":"lookback","type":"string","pattern":"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},"from":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"to":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"revision_window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"optionsStep":{"title":"options step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"options"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"bar_size":{"$ref":"#/definitions/barSizes"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"lookback":{"title":"lookback","type":"string","pattern":"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},"from":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"to":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"revision_window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"strikes":{"title":"number of strikes","type":"integer","minimum":0,"maximum":500},"adaptive_strikes":{"title":"true or false","type":"boolean"},"expiries":{"title":"number of expiries","type":"integer","minimum":1,"maximum":100},"rights":{"title":"rights","type":"array","minItems":1,"items":{"title":"right","type":"string","enum":["C","P"]}},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"snapshotsStep":{"title":"snapshots step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"snapshots"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"strikes":{"title":"number of strikes","type":"integer","minimum":0,"maximum":500},"adaptive_strikes":{"title":"true or false","type":"boolean"},"expiries":{"title":"number of expiries","type":"integer","minimum":1,"maximum":100},"rights":{"title":"rights","type":"array","minItems":1,"items":{"title":"right","type":"string","enum":["C","P"]}},"timeout":{"$ref":"#/definitions/taskTimeout"}}},"overviewStep":{"title":"overview step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"overview"},"needs":{"$ref":"#/definitions/needs"}}},"sqlStep":{"title":"sql step","type":"object","additionalProperties":false,"required":["uses"],"properties":{"uses":{"title":"step type","type":"string","const":"sql"},"needs":{"$ref":"#/definitions/needs"},"query":{"title":"SQL statement","type":"string","pattern":"\\S"},"file":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"},"dataset":{"title":"table name","type":"string","pattern":"^[a-z][a-z0-9_]{0,62}$"}}},"execStep":{"title":"exec step","type":"object","additionalProperties":false,"required":["uses","command"],"properties":{"uses":{"title":"step type","type":"string","const":"exec"},"needs":{"$ref":"#/definitions/needs"},"command":{"title":"command","type":"array","minItems":1,"maxItems":1000,"items":{"title":"argument","type":"string"}},"input":{"title":"input","type":"object","additionalProperties":false,"required":["dataset"],"properties":{"dataset":{"title":"table","type":"string","pattern":"^[a-z][a-z0-9_]{0,62}$"},"format":{"title":"file format","type":"string","enum":["parquet","csv","json"]}}},"output":{"title":"output","type":"object","additionalProperties":false,"properties":{"dataset":{"title":"table name","type":"string","pattern":"^[a-z][a-z0-9_]{0,62}$"},"format":{"title":"file format","type":"string","enum":["parquet","csv","json"]}}},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"env":{"title":"environment","type":"object","propertyNames":{"title":"variable","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]{0,127}$"},"additionalProperties":{"title":"value","type":"string"}}}},"namedStep":{"title":"step","type":"object","required":["uses"],"discriminator":{"propertyName":"uses"},"oneOf":[{"$ref":"#/definitions/contractsStep"},{"$ref":"#/definitions/chainsStep"},{"$ref":"#/definitions/historyStep"},{"$ref":"#/definitions/quotesStep"},{"$ref":"#/definitions/equityStep"},{"$ref":"#/definitions/optionsStep"},{"$ref":"#/definitions/snapshotsStep"},{"$ref":"#/definitions/overviewStep"},{"$ref":"#/definitions/sqlStep"},{"$ref":"#/definitions/execStep"}]},"steps":{"title":"steps","type":"object","minProperties":1,"maxProperties":100,"propertyNames":{"$ref":"#/definitions/name"},"properties":{"contracts":{"$ref":"#/definitions/contractsStep"},"chains":{"$ref":"#/definitions/chainsStep"},"history":{"$ref":"#/definitions/historyStep"},"quotes":{"$ref":"#/definitions/quotesStep"},"equity":{"$ref":"#/definitions/equityStep"},"options":{"$ref":"#/definitions/optionsStep"},"snapshots":{"$ref":"#/definitions/snapshotsStep"},"overview":{"$ref":"#/definitions/overviewStep"}},"additionalProperties":{"$ref":"#/definitions/namedStep"}},"rollingBudget":{"title":"rolling budget","type":"object","additionalProperties":false,"required":["name","kind","limit","window"],"properties":{"name":{"title":"budget name","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,63}$"},"kind":{"title":"budget kind","type":"string","const":"rolling"},"limit":{"title":"limit","type":"integer","minimum":1,"maximum":1000000},"window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"scope":{"title":"scope","type":"string","enum":["account","contract","identical","connection"]},"datasets":{"$ref":"#/definitions/datasets"},"weights":{"title":"weights","type":"object","additionalProperties":false,"properties":{"TRADES":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"MIDPOINT":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"BID":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"ASK":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"BID_ASK":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000}}},"bar_sizes":{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}},"margin":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"openBudget":{"title":"open budget","type":"object","additionalProperties":false,"required":["name","kind","limit"],"properties":{"name":{"title":"budget name","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,63}$"},"kind":{"title":"budget kind","type":"string","const":"open"},"limit":{"title":"limit","type":"integer","minimum":1,"maximum":1000000},"scope":{"title":"scope","type":"string","enum":["account","contract","identical","connection"]},"datasets":{"$ref":"#/definitions/datasets"},"bar_sizes":{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}}}},"budget":{"title":"budget","type":"object","required":["kind"],"discriminator":{"propertyName":"kind"},"oneOf":[{"$ref":"#/definitions/rollingBudget"},{"$ref":"#/definitions/openBudget"}]},"pacing":{"title":"pacing","anyOf":[{"title":"pacing rules","type":"string","enum":["default","relaxed"]},{"$ref":"#/definitions/pacingSection"}]},"pacingSection":{"title":"pacing section","type":"object","additionalProperties":false,"properties":{"rules":{"title":"pacing rules","type":"string","enum":["default","relaxed"]},"budgets":{"title":"list of budgets","type":"array","minItems":1,"items":{"$ref":"#/definitions/budget"}},"concurrency":{"title":"number of requests","type":"integer","minimum":1,"maximum":1000}}},"retry":{"title":"retry section","type":"object","additionalProperties":false,"properties":{"attempts":{"title":"number of attempts","type":"integer","minimum":1,"maximum":20},"delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"max_delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"breaker":{"title":"breaker section","type":"object","additionalProperties":false,"properties":{"threshold":{"title":"number of failures","type":"integer","minimum":1,"maximum":1000},"cooldown":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"analytics":{"title":"analytics section","type":"object","additionalProperties":false,"properties":{"rate":{"title":"rate","type":"number","minimum":-0.5,"maximum":1},"dividend_yield":{"title":"dividend yields","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"dividend yield","type":"number","minimum":-0.5,"maximum":1}},"exercise":{"title":"exercise styles","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"exercise style","type":"string","enum":["american","european"]}},"volatility_index":{"title":"symbol","type":"string","pattern":"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},"rank_days":{"title":"number of days","type":"integer","minimum":30,"maximum":2520}}},"parallel":{"title":"parallel section","type":"object","additionalProperties":false,"properties":{"max_symbols":{"title":"number of symbols","type":"integer","minimum":1,"maximum":10000},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"mock":{"title":"mock section","type":"object","additionalProperties":false,"properties":{"seed":{"title":"seed","type":"integer","minimum":0,"maximum":4294967295},"delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"volatility":{"title":"volatility","type":"number","exclusiveMinimum":0,"maximum":10},"base_price":{"title":"base prices","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"price","type":"number","exclusiveMinimum":0,"maximum":1000000000}}}},"include":{"title":"include","anyOf":[{"$ref":"#/definitions/path"},{"title":"list of paths","type":"array","minItems":1,"items":{"$ref":"#/definitions/path"}}]},"synthetic":{"title":"synthetic section","type":"object","additionalProperties":false,"properties":{"scenario":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"}}},"ib":{"title":"ib section","type":"object","additionalProperties":false,"properties":{"host":{"title":"host","type":"string","pattern":"^[A-Za-z0-9.:_-]{1,253}$"},"port":{"title":"port","type":"integer","minimum":1,"maximum":65535},"client_id":{"title":"client id","type":"integer","minimum":0,"maximum":2147483647},"account":{"title":"account","type":"string","pattern":"^[A-Z]{1,3}[0-9]{4,12}$"},"market_data_type":{"title":"market data type","type":"string","enum":["live","frozen","delayed","delayed-frozen"]},"allow_delayed":{"title":"true or false","type":"boolean"}}},"kite":{"title":"kite section","type":"object","additionalProperties":false,"properties":{"base_url":{"title":"URL","type":"string","pattern":"^https?://\\S+$"},"instruments_max_age":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"requests_per_second":{"title":"number of requests","type":"integer","minimum":1,"maximum":10}}},"command":{"title":"command","type":"array","minItems":1,"items":{"title":"word","type":"string","pattern":"^[^\\u0000]+$"}},"hook":{"title":"hook","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"gateHook":{"title":"hook before a run","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"required":{"title":"true or false","type":"boolean"}}},"taskHook":{"title":"hook of tasks","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"each":{"title":"granularity","type":"string","enum":["run","task"]}}},"webhookChannel":{"title":"webhook channel","type":"object","additionalProperties":false,"required":["kind","url"],"properties":{"kind":{"title":"channel kind","type":"string","const":"webhook"},"url":{"title":"webhook URL","type":"string"},"format":{"title":"format","type":"string","enum":["slack","json"]}}},"emailChannel":{"title":"email channel","type":"object","additionalProperties":false,"required":["kind","host","from","to"],"properties":{"kind":{"title":"channel kind","type":"string","const":"email"},"host":{"title":"host","type":"string","pattern":"^\\S+$"},"port":{"title":"port","type":"integer","minimum":1,"maximum":65535},"security":{"title":"encryption","type":"string","enum":["starttls","tls","none"]},"user":{"title":"user","type":"string"},"password":{"title":"password","type":"string"},"from":{"title":"mail address","type":"string","pattern":"^[^\\r\\n]*@[^\\r\\n]+$"},"to":{"title":"list of mail addresses","type":"array","minItems":1,"items":{"title":"mail address","type":"string","pattern":"^[^\\r\\n]*@[^\\r\\n]+$"}}}},"commandChannel":{"title":"command channel","type":"object","additionalProperties":false,"required":["kind","command"],"properties":{"kind":{"title":"channel kind","type":"string","const":"command"},"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"channel":{"title":"channel","type":"object","required":["kind"],"discriminator":{"propertyName":"kind"},"oneOf":[{"$ref":"#/definitions/webhookChannel"},{"$ref":"#/definitions/emailChannel"},{"$ref":"#/definitions/commandChannel"}]},"alertRule":{"title":"alert rule","type":"object","additionalProperties":false,"required":["on"],"properties":{"on":{"title":"alert name","type":"string","enum":["prerequisite_violation","data_integrity_failure","api_circuit_breaker_open","stale_option_chains","missing_equity_data","task_failed","error_rate","run_failed","run_missed"]},"severity":{"title":"severity","type":"string","enum":["info","warning","critical"]},"channels":{"title":"list of channels","type":"array","minItems":1,"items":{"$ref":"#/definitions/name"}},"repeat_after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"threshold":{"title":"percentage","type":"number","exclusiveMinimum":0,"exclusiveMaximum":100},"min_samples":{"title":"number of answers","type":"integer","minimum":1,"maximum":1000000},"max_age":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}}}};
const schema15 = {"title":"cron expression","type":"string","pattern":"^\\S.*$"};
const schema16 = {"title":"instrument kind","type":"string","enum":["stock","etf","index","future"]};
const schema17 = {"title":"exchange","type":"string","enum":["SMART","NYSE","ARCA","AMEX","BATS","CBOE","NASDAQ","ASX","NSE","BSE","CME","CBOT","NYMEX","COMEX"]};
const schema18 = {"title":"currency","type":"string","pattern":"^[A-Z]{3}$"};
const schema19 = {"title":"priority","type":"integer","minimum":1,"maximum":9};
const schema23 = {"title":"hours","type":"string","enum":["rth","all"]};
const schema24 = {"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"};
const schema35 = {"title":"name","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,63}$"};
const schema85 = {"title":"retry section","type":"object","additionalProperties":false,"properties":{"attempts":{"title":"number of attempts","type":"integer","minimum":1,"maximum":20},"delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"max_delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema86 = {"title":"breaker section","type":"object","additionalProperties":false,"properties":{"threshold":{"title":"number of failures","type":"integer","minimum":1,"maximum":1000},"cooldown":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema87 = {"title":"parallel section","type":"object","additionalProperties":false,"properties":{"max_symbols":{"title":"number of symbols","type":"integer","minimum":1,"maximum":10000},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema93 = {"title":"synthetic section","type":"object","additionalProperties":false,"properties":{"scenario":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"}}};
const schema94 = {"title":"ib section","type":"object","additionalProperties":false,"properties":{"host":{"title":"host","type":"string","pattern":"^[A-Za-z0-9.:_-]{1,253}$"},"port":{"title":"port","type":"integer","minimum":1,"maximum":65535},"client_id":{"title":"client id","type":"integer","minimum":0,"maximum":2147483647},"account":{"title":"account","type":"string","pattern":"^[A-Z]{1,3}[0-9]{4,12}$"},"market_data_type":{"title":"market data type","type":"string","enum":["live","frozen","delayed","delayed-frozen"]},"allow_delayed":{"title":"true or false","type":"boolean"}}};
const schema95 = {"title":"kite section","type":"object","additionalProperties":false,"properties":{"base_url":{"title":"URL","type":"string","pattern":"^https?://\\S+$"},"instruments_max_age":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"requests_per_second":{"title":"number of requests","type":"integer","minimum":1,"maximum":10}}};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$", "u");
const pattern3 = new RegExp("^[A-Z0-9]{4}$", "u");
const pattern4 = new RegExp("^\\S.*$", "u");
const pattern5 = new RegExp("^[A-Za-z0-9_+/-]+$", "u");
const pattern6 = new RegExp("^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$", "u");
const pattern9 = new RegExp("^[A-Z]{3}$", "u");
const pattern11 = new RegExp("^[0-9]{1,5} ?(d|w|mo|y|sessions?)$", "u");
const pattern19 = new RegExp("^[A-Za-z][A-Za-z0-9_-]{0,63}$", "u");
const pattern1 = new RegExp("^\\S(.*\\S)?$", "u");
const pattern68 = new RegExp("^[A-Za-z0-9.:_-]{1,253}$", "u");
const pattern69 = new RegExp("^[A-Z]{1,3}[0-9]{4,12}$", "u");
const pattern70 = new RegExp("^https?://\\S+$", "u");
const pattern74 = new RegExp("^[a-zA-Z_][a-zA-Z0-9_]{0,31}$", "u");
const pattern77 = new RegExp("^[1-9][0-9]{0,8} ?(kB|KB|MB|GB)$", "u");
const schema12 = {"title":"include","anyOf":[{"$ref":"#/definitions/path"},{"title":"list of paths","type":"array","minItems":1,"items":{"$ref":"#/definitions/path"}}]};
const schema13 = {"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"};

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data === "string"){
if(!pattern1.test(data)){
const err0 = {instancePath,schemaPath:"#/definitions/path/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},schema:schema13.type,parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs4 = errors;
if(Array.isArray(data)){
if(data.length < 1){
const err2 = {instancePath,schemaPath:"#/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema12.anyOf[1],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(!pattern1.test(data0)){
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/path/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema13,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/path/type",keyword:"type",params:{type: "string"},schema:schema13.type,parentSchema:schema13,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema12.anyOf[1].type,parentSchema:schema12.anyOf[1],data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var _valid0 = _errs4 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err6 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema12.anyOf,parentSchema:schema12,data};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate11.errors = vErrors;
return errors === 0;
}

const schema20 = {"title":"bar size","anyOf":[{"$ref":"#/definitions/barSize"},{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}}]};
const schema21 = {"title":"bar size","type":"string","enum":["1 secs","5 secs","10 secs","15 secs","30 secs","1 min","2 mins","3 mins","5 mins","10 mins","15 mins","20 mins","30 mins","1 hour","2 hours","3 hours","4 hours","8 hours","1 day"]};

function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/definitions/barSize/type",keyword:"type",params:{type: "string"},schema:schema21.type,parentSchema:schema21,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!(((((((((((((((((((data === "1 secs") || (data === "5 secs")) || (data === "10 secs")) || (data === "15 secs")) || (data === "30 secs")) || (data === "1 min")) || (data === "2 mins")) || (data === "3 mins")) || (data === "5 mins")) || (data === "10 mins")) || (data === "15 mins")) || (data === "20 mins")) || (data === "30 mins")) || (data === "1 hour")) || (data === "2 hours")) || (data === "3 hours")) || (data === "4 hours")) || (data === "8 hours")) || (data === "1 day"))){
const err1 = {instancePath,schemaPath:"#/definitions/barSize/enum",keyword:"enum",params:{allowedValues: schema21.enum},schema:schema21.enum,parentSchema:schema21,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs4 = errors;
if(Array.isArray(data)){
if(data.length < 1){
const err2 = {instancePath,schemaPath:"#/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema20.anyOf[1],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/barSize/type",keyword:"type",params:{type: "string"},schema:schema21.type,parentSchema:schema21,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((((((((((((((((data0 === "1 secs") || (data0 === "5 secs")) || (data0 === "10 secs")) || (data0 === "15 secs")) || (data0 === "30 secs")) || (data0 === "1 min")) || (data0 === "2 mins")) || (data0 === "3 mins")) || (data0 === "5 mins")) || (data0 === "10 mins")) || (data0 === "15 mins")) || (data0 === "20 mins")) || (data0 === "30 mins")) || (data0 === "1 hour")) || (data0 === "2 hours")) || (data0 === "3 hours")) || (data0 === "4 hours")) || (data0 === "8 hours")) || (data0 === "1 day"))){
const err4 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/barSize/enum",keyword:"enum",params:{allowedValues: schema21.enum},schema:schema21.enum,parentSchema:schema21,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema20.anyOf[1].type,parentSchema:schema20.anyOf[1],data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var _valid0 = _errs4 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err6 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema20.anyOf,parentSchema:schema20,data};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate13.errors = vErrors;
return errors === 0;
}

const schema25 = {"title":"list of symbols","type":"array","items":{"anyOf":[{"$ref":"#/definitions/symbol"},{"$ref":"#/definitions/symbolEntry"}]}};
const schema26 = {"title":"symbol","type":"string","pattern":"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"};
const pattern14 = new RegExp("^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$", "u");
const schema27 = {"title":"symbol entry","type":"object","additionalProperties":false,"properties":{"symbol":{"$ref":"#/definitions/symbol"},"file":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"},"kind":{"$ref":"#/definitions/kind"},"exchange":{"$ref":"#/definitions/exchange"},"currency":{"$ref":"#/definitions/currency"},"calendar":{"$ref":"#/definitions/calendar"},"priority":{"$ref":"#/definitions/priority"},"steps":{"$ref":"#/definitions/stepNames"}},"anyOf":[{"required":["symbol"]},{"required":["file"]}]};
const schema32 = {"title":"calendar","type":"string","pattern":"^[A-Z0-9]{4}$"};
const schema34 = {"title":"list of step names","type":"array","minItems":1,"items":{"$ref":"#/definitions/name"}};

function validate17(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
if(data.length < 1){
const err0 = {instancePath,schemaPath:"#/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema34,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(!pattern19.test(data0)){
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},schema:schema34.type,parentSchema:schema34,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate17.errors = vErrors;
return errors === 0;
}


function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
let valid0 = false;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.symbol === undefined){
const err0 = {instancePath,schemaPath:"#/anyOf/0/required",keyword:"required",params:{missingProperty: "symbol"},schema:schema27.anyOf[0].required,parentSchema:schema27.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.file === undefined){
const err1 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "file"},schema:schema27.anyOf[1].required,parentSchema:schema27.anyOf[1],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema27.anyOf,parentSchema:schema27,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "symbol") || (key0 === "file")) || (key0 === "kind")) || (key0 === "exchange")) || (key0 === "currency")) || (key0 === "calendar")) || (key0 === "priority")) || (key0 === "steps"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema27,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.symbol !== undefined){
let data0 = data.symbol;
if(typeof data0 === "string"){
if(!pattern14.test(data0)){
const err4 = {instancePath:instancePath+"/symbol",schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},schema:"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$",parentSchema:schema26,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/symbol",schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema26.type,parentSchema:schema26,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.file !== undefined){
let data1 = data.file;
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
const err6 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema27.properties.file,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/type",keyword:"type",params:{type: "string"},schema:schema27.properties.file.type,parentSchema:schema27.properties.file,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.kind !== undefined){
let data2 = data.kind;
if(typeof data2 !== "string"){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/kind/type",keyword:"type",params:{type: "string"},schema:schema16.type,parentSchema:schema16,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!((((data2 === "stock") || (data2 === "etf")) || (data2 === "index")) || (data2 === "future"))){
const err9 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/kind/enum",keyword:"enum",params:{allowedValues: schema16.enum},schema:schema16.enum,parentSchema:schema16,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.exchange !== undefined){
let data3 = data.exchange;
if(typeof data3 !== "string"){
const err10 = {instancePath:instancePath+"/exchange",schemaPath:"#/definitions/exchange/type",keyword:"type",params:{type: "string"},schema:schema17.type,parentSchema:schema17,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!((((((((((((((data3 === "SMART") || (data3 === "NYSE")) || (data3 === "ARCA")) || (data3 === "AMEX")) || (data3 === "BATS")) || (data3 === "CBOE")) || (data3 === "NASDAQ")) || (data3 === "ASX")) || (data3 === "NSE")) || (data3 === "BSE")) || (data3 === "CME")) || (data3 === "CBOT")) || (data3 === "NYMEX")) || (data3 === "COMEX"))){
const err11 = {instancePath:instancePath+"/exchange",schemaPath:"#/definitions/exchange/enum",keyword:"enum",params:{allowedValues: schema17.enum},schema:schema17.enum,parentSchema:schema17,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.currency !== undefined){
let data4 = data.currency;
if(typeof data4 === "string"){
if(!pattern9.test(data4)){
const err12 = {instancePath:instancePath+"/currency",schemaPath:"#/definitions/currency/pattern",keyword:"pattern",params:{pattern: "^[A-Z]{3}$"},schema:"^[A-Z]{3}$",parentSchema:schema18,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/currency",schemaPath:"#/definitions/currency/type",keyword:"type",params:{type: "string"},schema:schema18.type,parentSchema:schema18,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.calendar !== undefined){
let data5 = data.calendar;
if(typeof data5 === "string"){
if(!pattern3.test(data5)){
const err14 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/calendar/pattern",keyword:"pattern",params:{pattern: "^[A-Z0-9]{4}$"},schema:"^[A-Z0-9]{4}$",parentSchema:schema32,data:data5};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/calendar/type",keyword:"type",params:{type: "string"},schema:schema32.type,parentSchema:schema32,data:data5};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.priority !== undefined){
let data6 = data.priority;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err16 = {instancePath:instancePath+"/priority",schemaPath:"#/definitions/priority/type",keyword:"type",params:{type: "integer"},schema:schema19.type,parentSchema:schema19,data:data6};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 9 || isNaN(data6)){
const err17 = {instancePath:instancePath+"/priority",schemaPath:"#/definitions/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9},schema:9,parentSchema:schema19,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err18 = {instancePath:instancePath+"/priority",schemaPath:"#/definitions/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema19,data:data6};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
if(data.steps !== undefined){
if(!(validate17(data.steps, {instancePath:instancePath+"/steps",parentData:data,parentDataProperty:"steps",rootData}))){
vErrors = vErrors === null ? validate17.errors : appended(vErrors, validate17.errors);
errors = vErrors.length;
}
}
}
else {
const err19 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema27.type,parentSchema:schema27,data};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
validate16.errors = vErrors;
return errors === 0;
}


function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
const _errs2 = errors;
let valid2 = false;
const _errs3 = errors;
if(typeof data0 === "string"){
if(!pattern14.test(data0)){
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},schema:"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$",parentSchema:schema26,data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema26.type,parentSchema:schema26,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs3 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs6 = errors;
if(!(validate16(data0, {instancePath:instancePath+"/" + i0,parentData:data,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate16.errors : appended(vErrors, validate16.errors);
errors = vErrors.length;
}
var _valid0 = _errs6 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/anyOf",keyword:"anyOf",params:{},schema:schema25.items.anyOf,parentSchema:schema25.items,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
else {
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},schema:schema25.type,parentSchema:schema25,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate15.errors = vErrors;
return errors === 0;
}

const schema37 = {"title":"group","type":"object","additionalProperties":false,"required":["symbols"],"properties":{"symbols":{"$ref":"#/definitions/symbolList"},"kind":{"$ref":"#/definitions/kind"},"exchange":{"$ref":"#/definitions/exchange"},"currency":{"$ref":"#/definitions/currency"},"calendar":{"$ref":"#/definitions/calendar"},"priority":{"$ref":"#/definitions/priority"},"steps":{"$ref":"#/definitions/stepNames"}}};

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.symbols === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "symbols"},schema:schema37.required,parentSchema:schema37,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((((key0 === "symbols") || (key0 === "kind")) || (key0 === "exchange")) || (key0 === "currency")) || (key0 === "calendar")) || (key0 === "priority")) || (key0 === "steps"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema37,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.symbols !== undefined){
if(!(validate15(data.symbols, {instancePath:instancePath+"/symbols",parentData:data,parentDataProperty:"symbols",rootData}))){
vErrors = vErrors === null ? validate15.errors : appended(vErrors, validate15.errors);
errors = vErrors.length;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err2 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/kind/type",keyword:"type",params:{type: "string"},schema:schema16.type,parentSchema:schema16,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!((((data1 === "stock") || (data1 === "etf")) || (data1 === "index")) || (data1 === "future"))){
const err3 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/kind/enum",keyword:"enum",params:{allowedValues: schema16.enum},schema:schema16.enum,parentSchema:schema16,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.exchange !== undefined){
let data2 = data.exchange;
if(typeof data2 !== "string"){
const err4 = {instancePath:instancePath+"/exchange",schemaPath:"#/definitions/exchange/type",keyword:"type",params:{type: "string"},schema:schema17.type,parentSchema:schema17,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!((((((((((((((data2 === "SMART") || (data2 === "NYSE")) || (data2 === "ARCA")) || (data2 === "AMEX")) || (data2 === "BATS")) || (data2 === "CBOE")) || (data2 === "NASDAQ")) || (data2 === "ASX")) || (data2 === "NSE")) || (data2 === "BSE")) || (data2 === "CME")) || (data2 === "CBOT")) || (data2 === "NYMEX")) || (data2 === "COMEX"))){
const err5 = {instancePath:instancePath+"/exchange",schemaPath:"#/definitions/exchange/enum",keyword:"enum",params:{allowedValues: schema17.enum},schema:schema17.enum,parentSchema:schema17,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.currency !== undefined){
let data3 = data.currency;
if(typeof data3 === "string"){
if(!pattern9.test(data3)){
const err6 = {instancePath:instancePath+"/currency",schemaPath:"#/definitions/currency/pattern",keyword:"pattern",params:{pattern: "^[A-Z]{3}$"},schema:"^[A-Z]{3}$",parentSchema:schema18,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/currency",schemaPath:"#/definitions/currency/type",keyword:"type",params:{type: "string"},schema:schema18.type,parentSchema:schema18,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.calendar !== undefined){
let data4 = data.calendar;
if(typeof data4 === "string"){
if(!pattern3.test(data4)){
const err8 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/calendar/pattern",keyword:"pattern",params:{pattern: "^[A-Z0-9]{4}$"},schema:"^[A-Z0-9]{4}$",parentSchema:schema32,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/calendar",schemaPath:"#/definitions/calendar/type",keyword:"type",params:{type: "string"},schema:schema32.type,parentSchema:schema32,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.priority !== undefined){
let data5 = data.priority;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err10 = {instancePath:instancePath+"/priority",schemaPath:"#/definitions/priority/type",keyword:"type",params:{type: "integer"},schema:schema19.type,parentSchema:schema19,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 9 || isNaN(data5)){
const err11 = {instancePath:instancePath+"/priority",schemaPath:"#/definitions/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9},schema:9,parentSchema:schema19,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data5 < 1 || isNaN(data5)){
const err12 = {instancePath:instancePath+"/priority",schemaPath:"#/definitions/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema19,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.steps !== undefined){
if(!(validate17(data.steps, {instancePath:instancePath+"/steps",parentData:data,parentDataProperty:"steps",rootData}))){
vErrors = vErrors === null ? validate17.errors : appended(vErrors, validate17.errors);
errors = vErrors.length;
}
}
}
else {
const err13 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema37.type,parentSchema:schema37,data};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}

const schema43 = {"title":"steps","type":"object","minProperties":1,"maxProperties":100,"propertyNames":{"$ref":"#/definitions/name"},"properties":{"contracts":{"$ref":"#/definitions/contractsStep"},"chains":{"$ref":"#/definitions/chainsStep"},"history":{"$ref":"#/definitions/historyStep"},"quotes":{"$ref":"#/definitions/quotesStep"},"equity":{"$ref":"#/definitions/equityStep"},"options":{"$ref":"#/definitions/optionsStep"},"snapshots":{"$ref":"#/definitions/snapshotsStep"},"overview":{"$ref":"#/definitions/overviewStep"}},"additionalProperties":{"$ref":"#/definitions/namedStep"}};
const schema45 = {"title":"step","type":"object","required":["uses"],"discriminator":{"propertyName":"uses"},"oneOf":[{"$ref":"#/definitions/contractsStep"},{"$ref":"#/definitions/chainsStep"},{"$ref":"#/definitions/historyStep"},{"$ref":"#/definitions/quotesStep"},{"$ref":"#/definitions/equityStep"},{"$ref":"#/definitions/optionsStep"},{"$ref":"#/definitions/snapshotsStep"},{"$ref":"#/definitions/overviewStep"},{"$ref":"#/definitions/sqlStep"},{"$ref":"#/definitions/execStep"}]};
const schema46 = {"title":"contracts step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"contracts"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}};
const schema50 = {"title":"provider","type":"string","enum":["auto","mock","synthetic","ib","kite"]};
const schema47 = {"title":"needs","anyOf":[{"$ref":"#/definitions/name"},{"title":"list of step names","type":"array","items":{"$ref":"#/definitions/name"}}]};

function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data === "string"){
if(!pattern19.test(data)){
const err0 = {instancePath,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs4 = errors;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(!pattern19.test(data0)){
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema47.anyOf[1].type,parentSchema:schema47.anyOf[1],data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
var _valid0 = _errs4 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err5 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema47.anyOf,parentSchema:schema47,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate28.errors = vErrors;
return errors === 0;
}


function validate27(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "uses") || (key0 === "needs")) || (key0 === "provider")) || (key0 === "refresh")) || (key0 === "timeout"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema46.properties.uses.type,parentSchema:schema46.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("contracts" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "contracts"},schema:"contracts",parentSchema:schema46.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.refresh !== undefined){
let data3 = data.refresh;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err5 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema46.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/type",keyword:"type",params:{type: "string"},schema:schema46.properties.refresh.type,parentSchema:schema46.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.timeout !== undefined){
let data4 = data.timeout;
if(typeof data4 === "string"){
if(!pattern6.test(data4)){
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema46.type,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate27.errors = vErrors;
return errors === 0;
}

const schema52 = {"title":"chains step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"chains"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}};

function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "uses") || (key0 === "needs")) || (key0 === "provider")) || (key0 === "refresh")) || (key0 === "timeout"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema52,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema52.properties.uses.type,parentSchema:schema52.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("chains" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "chains"},schema:"chains",parentSchema:schema52.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.refresh !== undefined){
let data3 = data.refresh;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err5 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema52.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/type",keyword:"type",params:{type: "string"},schema:schema52.properties.refresh.type,parentSchema:schema52.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.timeout !== undefined){
let data4 = data.timeout;
if(typeof data4 === "string"){
if(!pattern6.test(data4)){
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema52.type,parentSchema:schema52,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate30.errors = vErrors;
return errors === 0;
}

const schema55 = {"title":"history step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"history"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"timeout":{"$ref":"#/definitions/taskTimeout"}}};

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "uses") || (key0 === "needs")) || (key0 === "provider")) || (key0 === "refresh")) || (key0 === "price_type")) || (key0 === "what")) || (key0 === "hours")) || (key0 === "timeout"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema55,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema55.properties.uses.type,parentSchema:schema55.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("history" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "history"},schema:"history",parentSchema:schema55.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.refresh !== undefined){
let data3 = data.refresh;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err5 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema55.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/type",keyword:"type",params:{type: "string"},schema:schema55.properties.refresh.type,parentSchema:schema55.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.price_type !== undefined){
let data4 = data.price_type;
if(typeof data4 !== "string"){
const err7 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/type",keyword:"type",params:{type: "string"},schema:schema55.properties.price_type.type,parentSchema:schema55.properties.price_type,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(((((data4 === "TRADES") || (data4 === "MIDPOINT")) || (data4 === "BID")) || (data4 === "ASK")) || (data4 === "BID_ASK"))){
const err8 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/enum",keyword:"enum",params:{allowedValues: schema55.properties.price_type.enum},schema:schema55.properties.price_type.enum,parentSchema:schema55.properties.price_type,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.what !== undefined){
let data5 = data.what;
if(typeof data5 !== "string"){
const err9 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/type",keyword:"type",params:{type: "string"},schema:schema55.properties.what.type,parentSchema:schema55.properties.what,data:data5};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!(((((data5 === "TRADES") || (data5 === "MIDPOINT")) || (data5 === "BID")) || (data5 === "ASK")) || (data5 === "BID_ASK"))){
const err10 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/enum",keyword:"enum",params:{allowedValues: schema55.properties.what.enum},schema:schema55.properties.what.enum,parentSchema:schema55.properties.what,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.hours !== undefined){
let data6 = data.hours;
if(typeof data6 !== "string"){
const err11 = {instancePath:instancePath+"/hours",schemaPath:"#/definitions/hours/type",keyword:"type",params:{type: "string"},schema:schema23.type,parentSchema:schema23,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!((data6 === "rth") || (data6 === "all"))){
const err12 = {instancePath:instancePath+"/hours",schemaPath:"#/definitions/hours/enum",keyword:"enum",params:{allowedValues: schema23.enum},schema:schema23.enum,parentSchema:schema23,data:data6};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.timeout !== undefined){
let data7 = data.timeout;
if(typeof data7 === "string"){
if(!pattern6.test(data7)){
const err13 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data7};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data7};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema55.type,parentSchema:schema55,data};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate32.errors = vErrors;
return errors === 0;
}

const schema59 = {"title":"quotes step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"quotes"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}};

function validate34(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "uses") || (key0 === "needs")) || (key0 === "provider")) || (key0 === "refresh")) || (key0 === "timeout"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema59,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema59.properties.uses.type,parentSchema:schema59.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("quotes" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "quotes"},schema:"quotes",parentSchema:schema59.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.refresh !== undefined){
let data3 = data.refresh;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err5 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema59.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/type",keyword:"type",params:{type: "string"},schema:schema59.properties.refresh.type,parentSchema:schema59.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.timeout !== undefined){
let data4 = data.timeout;
if(typeof data4 === "string"){
if(!pattern6.test(data4)){
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema59.type,parentSchema:schema59,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate34.errors = vErrors;
return errors === 0;
}

const schema62 = {"title":"equity step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"equity"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"bar_size":{"$ref":"#/definitions/barSizes"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"lookback":{"title":"lookback","type":"string","pattern":"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},"from":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"to":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"revision_window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"timeout":{"$ref":"#/definitions/taskTimeout"}}};
const pattern35 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "u");

function validate36(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema62.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema62,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema62.properties.uses.type,parentSchema:schema62.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("equity" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "equity"},schema:"equity",parentSchema:schema62.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.bar_size !== undefined){
if(!(validate13(data.bar_size, {instancePath:instancePath+"/bar_size",parentData:data,parentDataProperty:"bar_size",rootData}))){
vErrors = vErrors === null ? validate13.errors : appended(vErrors, validate13.errors);
errors = vErrors.length;
}
}
if(data.price_type !== undefined){
let data4 = data.price_type;
if(typeof data4 !== "string"){
const err5 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/type",keyword:"type",params:{type: "string"},schema:schema62.properties.price_type.type,parentSchema:schema62.properties.price_type,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(((((data4 === "TRADES") || (data4 === "MIDPOINT")) || (data4 === "BID")) || (data4 === "ASK")) || (data4 === "BID_ASK"))){
const err6 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/enum",keyword:"enum",params:{allowedValues: schema62.properties.price_type.enum},schema:schema62.properties.price_type.enum,parentSchema:schema62.properties.price_type,data:data4};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.what !== undefined){
let data5 = data.what;
if(typeof data5 !== "string"){
const err7 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/type",keyword:"type",params:{type: "string"},schema:schema62.properties.what.type,parentSchema:schema62.properties.what,data:data5};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(((((data5 === "TRADES") || (data5 === "MIDPOINT")) || (data5 === "BID")) || (data5 === "ASK")) || (data5 === "BID_ASK"))){
const err8 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/enum",keyword:"enum",params:{allowedValues: schema62.properties.what.enum},schema:schema62.properties.what.enum,parentSchema:schema62.properties.what,data:data5};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.hours !== undefined){
let data6 = data.hours;
if(typeof data6 !== "string"){
const err9 = {instancePath:instancePath+"/hours",schemaPath:"#/definitions/hours/type",keyword:"type",params:{type: "string"},schema:schema23.type,parentSchema:schema23,data:data6};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!((data6 === "rth") || (data6 === "all"))){
const err10 = {instancePath:instancePath+"/hours",schemaPath:"#/definitions/hours/enum",keyword:"enum",params:{allowedValues: schema23.enum},schema:schema23.enum,parentSchema:schema23,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.lookback !== undefined){
let data7 = data.lookback;
if(typeof data7 === "string"){
if(!pattern11.test(data7)){
const err11 = {instancePath:instancePath+"/lookback",schemaPath:"#/properties/lookback/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},schema:"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$",parentSchema:schema62.properties.lookback,data:data7};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/lookback",schemaPath:"#/properties/lookback/type",keyword:"type",params:{type: "string"},schema:schema62.properties.lookback.type,parentSchema:schema62.properties.lookback,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.from !== undefined){
let data8 = data.from;
if(typeof data8 === "string"){
if(!pattern35.test(data8)){
const err13 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",parentSchema:schema62.properties.from,data:data8};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "string"},schema:schema62.properties.from.type,parentSchema:schema62.properties.from,data:data8};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.to !== undefined){
let data9 = data.to;
if(typeof data9 === "string"){
if(!pattern35.test(data9)){
const err15 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",parentSchema:schema62.properties.to,data:data9};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/type",keyword:"type",params:{type: "string"},schema:schema62.properties.to.type,parentSchema:schema62.properties.to,data:data9};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.revision_window !== undefined){
let data10 = data.revision_window;
if(typeof data10 === "string"){
if(!pattern6.test(data10)){
const err17 = {instancePath:instancePath+"/revision_window",schemaPath:"#/properties/revision_window/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema62.properties.revision_window,data:data10};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/revision_window",schemaPath:"#/properties/revision_window/type",keyword:"type",params:{type: "string"},schema:schema62.properties.revision_window.type,parentSchema:schema62.properties.revision_window,data:data10};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.timeout !== undefined){
let data11 = data.timeout;
if(typeof data11 === "string"){
if(!pattern6.test(data11)){
const err19 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data11};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data11};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema62.type,parentSchema:schema62,data};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
validate36.errors = vErrors;
return errors === 0;
}

const schema66 = {"title":"options step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"options"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"bar_size":{"$ref":"#/definitions/barSizes"},"price_type":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"what":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"hours":{"$ref":"#/definitions/hours"},"lookback":{"title":"lookback","type":"string","pattern":"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},"from":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"to":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"revision_window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"strikes":{"title":"number of strikes","type":"integer","minimum":0,"maximum":500},"adaptive_strikes":{"title":"true or false","type":"boolean"},"expiries":{"title":"number of expiries","type":"integer","minimum":1,"maximum":100},"rights":{"title":"rights","type":"array","minItems":1,"items":{"title":"right","type":"string","enum":["C","P"]}},"timeout":{"$ref":"#/definitions/taskTimeout"}}};

function validate39(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema66.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema66,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema66.properties.uses.type,parentSchema:schema66.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("options" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "options"},schema:"options",parentSchema:schema66.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.bar_size !== undefined){
if(!(validate13(data.bar_size, {instancePath:instancePath+"/bar_size",parentData:data,parentDataProperty:"bar_size",rootData}))){
vErrors = vErrors === null ? validate13.errors : appended(vErrors, validate13.errors);
errors = vErrors.length;
}
}
if(data.price_type !== undefined){
let data4 = data.price_type;
if(typeof data4 !== "string"){
const err5 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/type",keyword:"type",params:{type: "string"},schema:schema66.properties.price_type.type,parentSchema:schema66.properties.price_type,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(((((data4 === "TRADES") || (data4 === "MIDPOINT")) || (data4 === "BID")) || (data4 === "ASK")) || (data4 === "BID_ASK"))){
const err6 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/enum",keyword:"enum",params:{allowedValues: schema66.properties.price_type.enum},schema:schema66.properties.price_type.enum,parentSchema:schema66.properties.price_type,data:data4};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.what !== undefined){
let data5 = data.what;
if(typeof data5 !== "string"){
const err7 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/type",keyword:"type",params:{type: "string"},schema:schema66.properties.what.type,parentSchema:schema66.properties.what,data:data5};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(((((data5 === "TRADES") || (data5 === "MIDPOINT")) || (data5 === "BID")) || (data5 === "ASK")) || (data5 === "BID_ASK"))){
const err8 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/enum",keyword:"enum",params:{allowedValues: schema66.properties.what.enum},schema:schema66.properties.what.enum,parentSchema:schema66.properties.what,data:data5};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.hours !== undefined){
let data6 = data.hours;
if(typeof data6 !== "string"){
const err9 = {instancePath:instancePath+"/hours",schemaPath:"#/definitions/hours/type",keyword:"type",params:{type: "string"},schema:schema23.type,parentSchema:schema23,data:data6};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!((data6 === "rth") || (data6 === "all"))){
const err10 = {instancePath:instancePath+"/hours",schemaPath:"#/definitions/hours/enum",keyword:"enum",params:{allowedValues: schema23.enum},schema:schema23.enum,parentSchema:schema23,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.lookback !== undefined){
let data7 = data.lookback;
if(typeof data7 === "string"){
if(!pattern11.test(data7)){
const err11 = {instancePath:instancePath+"/lookback",schemaPath:"#/properties/lookback/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},schema:"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$",parentSchema:schema66.properties.lookback,data:data7};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/lookback",schemaPath:"#/properties/lookback/type",keyword:"type",params:{type: "string"},schema:schema66.properties.lookback.type,parentSchema:schema66.properties.lookback,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.from !== undefined){
let data8 = data.from;
if(typeof data8 === "string"){
if(!pattern35.test(data8)){
const err13 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",parentSchema:schema66.properties.from,data:data8};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "string"},schema:schema66.properties.from.type,parentSchema:schema66.properties.from,data:data8};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.to !== undefined){
let data9 = data.to;
if(typeof data9 === "string"){
if(!pattern35.test(data9)){
const err15 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",parentSchema:schema66.properties.to,data:data9};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/type",keyword:"type",params:{type: "string"},schema:schema66.properties.to.type,parentSchema:schema66.properties.to,data:data9};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.revision_window !== undefined){
let data10 = data.revision_window;
if(typeof data10 === "string"){
if(!pattern6.test(data10)){
const err17 = {instancePath:instancePath+"/revision_window",schemaPath:"#/properties/revision_window/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema66.properties.revision_window,data:data10};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/revision_window",schemaPath:"#/properties/revision_window/type",keyword:"type",params:{type: "string"},schema:schema66.properties.revision_window.type,parentSchema:schema66.properties.revision_window,data:data10};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.strikes !== undefined){
let data11 = data.strikes;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err19 = {instancePath:instancePath+"/strikes",schemaPath:"#/properties/strikes/type",keyword:"type",params:{type: "integer"},schema:schema66.properties.strikes.type,parentSchema:schema66.properties.strikes,data:data11};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 500 || isNaN(data11)){
const err20 = {instancePath:instancePath+"/strikes",schemaPath:"#/properties/strikes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 500},schema:500,parentSchema:schema66.properties.strikes,data:data11};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data11 < 0 || isNaN(data11)){
const err21 = {instancePath:instancePath+"/strikes",schemaPath:"#/properties/strikes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema66.properties.strikes,data:data11};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
if(data.adaptive_strikes !== undefined){
let data12 = data.adaptive_strikes;
if(typeof data12 !== "boolean"){
const err22 = {instancePath:instancePath+"/adaptive_strikes",schemaPath:"#/properties/adaptive_strikes/type",keyword:"type",params:{type: "boolean"},schema:schema66.properties.adaptive_strikes.type,parentSchema:schema66.properties.adaptive_strikes,data:data12};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.expiries !== undefined){
let data13 = data.expiries;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err23 = {instancePath:instancePath+"/expiries",schemaPath:"#/properties/expiries/type",keyword:"type",params:{type: "integer"},schema:schema66.properties.expiries.type,parentSchema:schema66.properties.expiries,data:data13};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 100 || isNaN(data13)){
const err24 = {instancePath:instancePath+"/expiries",schemaPath:"#/properties/expiries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},schema:100,parentSchema:schema66.properties.expiries,data:data13};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data13 < 1 || isNaN(data13)){
const err25 = {instancePath:instancePath+"/expiries",schemaPath:"#/properties/expiries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema66.properties.expiries,data:data13};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
if(data.rights !== undefined){
let data14 = data.rights;
if(Array.isArray(data14)){
if(data14.length < 1){
const err26 = {instancePath:instancePath+"/rights",schemaPath:"#/properties/rights/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema66.properties.rights,data:data14};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
const len0 = data14.length;
for(let i0=0; i0<len0; i0++){
let data15 = data14[i0];
if(typeof data15 !== "string"){
const err27 = {instancePath:instancePath+"/rights/" + i0,schemaPath:"#/properties/rights/items/type",keyword:"type",params:{type: "string"},schema:schema66.properties.rights.items.type,parentSchema:schema66.properties.rights.items,data:data15};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(!((data15 === "C") || (data15 === "P"))){
const err28 = {instancePath:instancePath+"/rights/" + i0,schemaPath:"#/properties/rights/items/enum",keyword:"enum",params:{allowedValues: schema66.properties.rights.items.enum},schema:schema66.properties.rights.items.enum,parentSchema:schema66.properties.rights.items,data:data15};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/rights",schemaPath:"#/properties/rights/type",keyword:"type",params:{type: "array"},schema:schema66.properties.rights.type,parentSchema:schema66.properties.rights,data:data14};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.timeout !== undefined){
let data16 = data.timeout;
if(typeof data16 === "string"){
if(!pattern6.test(data16)){
const err30 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data16};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data16};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema66.type,parentSchema:schema66,data};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
validate39.errors = vErrors;
return errors === 0;
}

const schema70 = {"title":"snapshots step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"snapshots"},"needs":{"$ref":"#/definitions/needs"},"provider":{"$ref":"#/definitions/provider"},"refresh":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"strikes":{"title":"number of strikes","type":"integer","minimum":0,"maximum":500},"adaptive_strikes":{"title":"true or false","type":"boolean"},"expiries":{"title":"number of expiries","type":"integer","minimum":1,"maximum":100},"rights":{"title":"rights","type":"array","minItems":1,"items":{"title":"right","type":"string","enum":["C","P"]}},"timeout":{"$ref":"#/definitions/taskTimeout"}}};

function validate42(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema70.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema70,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema70.properties.uses.type,parentSchema:schema70.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("snapshots" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "snapshots"},schema:"snapshots",parentSchema:schema70.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data2 = data.provider;
if(typeof data2 !== "string"){
const err3 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/type",keyword:"type",params:{type: "string"},schema:schema50.type,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(((((data2 === "auto") || (data2 === "mock")) || (data2 === "synthetic")) || (data2 === "ib")) || (data2 === "kite"))){
const err4 = {instancePath:instancePath+"/provider",schemaPath:"#/definitions/provider/enum",keyword:"enum",params:{allowedValues: schema50.enum},schema:schema50.enum,parentSchema:schema50,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.refresh !== undefined){
let data3 = data.refresh;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err5 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema70.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/refresh",schemaPath:"#/properties/refresh/type",keyword:"type",params:{type: "string"},schema:schema70.properties.refresh.type,parentSchema:schema70.properties.refresh,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.strikes !== undefined){
let data4 = data.strikes;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err7 = {instancePath:instancePath+"/strikes",schemaPath:"#/properties/strikes/type",keyword:"type",params:{type: "integer"},schema:schema70.properties.strikes.type,parentSchema:schema70.properties.strikes,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 500 || isNaN(data4)){
const err8 = {instancePath:instancePath+"/strikes",schemaPath:"#/properties/strikes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 500},schema:500,parentSchema:schema70.properties.strikes,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data4 < 0 || isNaN(data4)){
const err9 = {instancePath:instancePath+"/strikes",schemaPath:"#/properties/strikes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema70.properties.strikes,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
if(data.adaptive_strikes !== undefined){
let data5 = data.adaptive_strikes;
if(typeof data5 !== "boolean"){
const err10 = {instancePath:instancePath+"/adaptive_strikes",schemaPath:"#/properties/adaptive_strikes/type",keyword:"type",params:{type: "boolean"},schema:schema70.properties.adaptive_strikes.type,parentSchema:schema70.properties.adaptive_strikes,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.expiries !== undefined){
let data6 = data.expiries;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err11 = {instancePath:instancePath+"/expiries",schemaPath:"#/properties/expiries/type",keyword:"type",params:{type: "integer"},schema:schema70.properties.expiries.type,parentSchema:schema70.properties.expiries,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 100 || isNaN(data6)){
const err12 = {instancePath:instancePath+"/expiries",schemaPath:"#/properties/expiries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},schema:100,parentSchema:schema70.properties.expiries,data:data6};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err13 = {instancePath:instancePath+"/expiries",schemaPath:"#/properties/expiries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema70.properties.expiries,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
if(data.rights !== undefined){
let data7 = data.rights;
if(Array.isArray(data7)){
if(data7.length < 1){
const err14 = {instancePath:instancePath+"/rights",schemaPath:"#/properties/rights/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema70.properties.rights,data:data7};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len0 = data7.length;
for(let i0=0; i0<len0; i0++){
let data8 = data7[i0];
if(typeof data8 !== "string"){
const err15 = {instancePath:instancePath+"/rights/" + i0,schemaPath:"#/properties/rights/items/type",keyword:"type",params:{type: "string"},schema:schema70.properties.rights.items.type,parentSchema:schema70.properties.rights.items,data:data8};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(!((data8 === "C") || (data8 === "P"))){
const err16 = {instancePath:instancePath+"/rights/" + i0,schemaPath:"#/properties/rights/items/enum",keyword:"enum",params:{allowedValues: schema70.properties.rights.items.enum},schema:schema70.properties.rights.items.enum,parentSchema:schema70.properties.rights.items,data:data8};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/rights",schemaPath:"#/properties/rights/type",keyword:"type",params:{type: "array"},schema:schema70.properties.rights.type,parentSchema:schema70.properties.rights,data:data7};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.timeout !== undefined){
let data9 = data.timeout;
if(typeof data9 === "string"){
if(!pattern6.test(data9)){
const err18 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data9};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data9};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema70.type,parentSchema:schema70,data};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
validate42.errors = vErrors;
return errors === 0;
}

const schema73 = {"title":"overview step","type":"object","additionalProperties":false,"properties":{"uses":{"title":"step type","type":"string","const":"overview"},"needs":{"$ref":"#/definitions/needs"}}};

function validate44(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((key0 === "uses") || (key0 === "needs"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema73.properties.uses.type,parentSchema:schema73.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if("overview" !== data0){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "overview"},schema:"overview",parentSchema:schema73.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema73.type,parentSchema:schema73,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate44.errors = vErrors;
return errors === 0;
}

const schema74 = {"title":"sql step","type":"object","additionalProperties":false,"required":["uses"],"properties":{"uses":{"title":"step type","type":"string","const":"sql"},"needs":{"$ref":"#/definitions/needs"},"query":{"title":"SQL statement","type":"string","pattern":"\\S"},"file":{"title":"path","type":"string","pattern":"^\\S(.*\\S)?$"},"dataset":{"title":"table name","type":"string","pattern":"^[a-z][a-z0-9_]{0,62}$"}}};
const pattern46 = new RegExp("\\S", "u");
const pattern48 = new RegExp("^[a-z][a-z0-9_]{0,62}$", "u");

function validate46(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uses === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "uses"},schema:schema74.required,parentSchema:schema74,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "uses") || (key0 === "needs")) || (key0 === "query")) || (key0 === "file")) || (key0 === "dataset"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema74,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema74.properties.uses.type,parentSchema:schema74.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if("sql" !== data0){
const err3 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "sql"},schema:"sql",parentSchema:schema74.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.query !== undefined){
let data2 = data.query;
if(typeof data2 === "string"){
if(!pattern46.test(data2)){
const err4 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/pattern",keyword:"pattern",params:{pattern: "\\S"},schema:"\\S",parentSchema:schema74.properties.query,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/type",keyword:"type",params:{type: "string"},schema:schema74.properties.query.type,parentSchema:schema74.properties.query,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.file !== undefined){
let data3 = data.file;
if(typeof data3 === "string"){
if(!pattern1.test(data3)){
const err6 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema74.properties.file,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/type",keyword:"type",params:{type: "string"},schema:schema74.properties.file.type,parentSchema:schema74.properties.file,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.dataset !== undefined){
let data4 = data.dataset;
if(typeof data4 === "string"){
if(!pattern48.test(data4)){
const err8 = {instancePath:instancePath+"/dataset",schemaPath:"#/properties/dataset/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9_]{0,62}$"},schema:"^[a-z][a-z0-9_]{0,62}$",parentSchema:schema74.properties.dataset,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/dataset",schemaPath:"#/properties/dataset/type",keyword:"type",params:{type: "string"},schema:schema74.properties.dataset.type,parentSchema:schema74.properties.dataset,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema74.type,parentSchema:schema74,data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate46.errors = vErrors;
return errors === 0;
}

const schema75 = {"title":"exec step","type":"object","additionalProperties":false,"required":["uses","command"],"properties":{"uses":{"title":"step type","type":"string","const":"exec"},"needs":{"$ref":"#/definitions/needs"},"command":{"title":"command","type":"array","minItems":1,"maxItems":1000,"items":{"title":"argument","type":"string"}},"input":{"title":"input","type":"object","additionalProperties":false,"required":["dataset"],"properties":{"dataset":{"title":"table","type":"string","pattern":"^[a-z][a-z0-9_]{0,62}$"},"format":{"title":"file format","type":"string","enum":["parquet","csv","json"]}}},"output":{"title":"output","type":"object","additionalProperties":false,"properties":{"dataset":{"title":"table name","type":"string","pattern":"^[a-z][a-z0-9_]{0,62}$"},"format":{"title":"file format","type":"string","enum":["parquet","csv","json"]}}},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"env":{"title":"environment","type":"object","propertyNames":{"title":"variable","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]{0,127}$"},"additionalProperties":{"title":"value","type":"string"}}}};
const pattern52 = new RegExp("^[A-Za-z_][A-Za-z0-9_]{0,127}$", "u");

function validate48(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uses === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "uses"},schema:schema75.required,parentSchema:schema75,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.command === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "command"},schema:schema75.required,parentSchema:schema75,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(((((((key0 === "uses") || (key0 === "needs")) || (key0 === "command")) || (key0 === "input")) || (key0 === "output")) || (key0 === "timeout")) || (key0 === "env"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema75,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.uses !== undefined){
let data0 = data.uses;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "string"},schema:schema75.properties.uses.type,parentSchema:schema75.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("exec" !== data0){
const err4 = {instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/const",keyword:"const",params:{allowedValue: "exec"},schema:"exec",parentSchema:schema75.properties.uses,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.needs !== undefined){
if(!(validate28(data.needs, {instancePath:instancePath+"/needs",parentData:data,parentDataProperty:"needs",rootData}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
if(data.command !== undefined){
let data2 = data.command;
if(Array.isArray(data2)){
if(data2.length > 1000){
const err5 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/maxItems",keyword:"maxItems",params:{limit: 1000},schema:1000,parentSchema:schema75.properties.command,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data2.length < 1){
const err6 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema75.properties.command,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(typeof data3 !== "string"){
const err7 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/properties/command/items/type",keyword:"type",params:{type: "string"},schema:schema75.properties.command.items.type,parentSchema:schema75.properties.command.items,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/type",keyword:"type",params:{type: "array"},schema:schema75.properties.command.type,parentSchema:schema75.properties.command,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.input !== undefined){
let data4 = data.input;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.dataset === undefined){
const err9 = {instancePath:instancePath+"/input",schemaPath:"#/properties/input/required",keyword:"required",params:{missingProperty: "dataset"},schema:schema75.properties.input.required,parentSchema:schema75.properties.input,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data4){
if(!((key1 === "dataset") || (key1 === "format"))){
const err10 = {instancePath:instancePath+"/input",schemaPath:"#/properties/input/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},schema:false,parentSchema:schema75.properties.input,data:data4};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data4.dataset !== undefined){
let data5 = data4.dataset;
if(typeof data5 === "string"){
if(!pattern48.test(data5)){
const err11 = {instancePath:instancePath+"/input/dataset",schemaPath:"#/properties/input/properties/dataset/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9_]{0,62}$"},schema:"^[a-z][a-z0-9_]{0,62}$",parentSchema:schema75.properties.input.properties.dataset,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/input/dataset",schemaPath:"#/properties/input/properties/dataset/type",keyword:"type",params:{type: "string"},schema:schema75.properties.input.properties.dataset.type,parentSchema:schema75.properties.input.properties.dataset,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data4.format !== undefined){
let data6 = data4.format;
if(typeof data6 !== "string"){
const err13 = {instancePath:instancePath+"/input/format",schemaPath:"#/properties/input/properties/format/type",keyword:"type",params:{type: "string"},schema:schema75.properties.input.properties.format.type,parentSchema:schema75.properties.input.properties.format,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(!(((data6 === "parquet") || (data6 === "csv")) || (data6 === "json"))){
const err14 = {instancePath:instancePath+"/input/format",schemaPath:"#/properties/input/properties/format/enum",keyword:"enum",params:{allowedValues: schema75.properties.input.properties.format.enum},schema:schema75.properties.input.properties.format.enum,parentSchema:schema75.properties.input.properties.format,data:data6};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/input",schemaPath:"#/properties/input/type",keyword:"type",params:{type: "object"},schema:schema75.properties.input.type,parentSchema:schema75.properties.input,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.output !== undefined){
let data7 = data.output;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!((key2 === "dataset") || (key2 === "format"))){
const err16 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},schema:false,parentSchema:schema75.properties.output,data:data7};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data7.dataset !== undefined){
let data8 = data7.dataset;
if(typeof data8 === "string"){
if(!pattern48.test(data8)){
const err17 = {instancePath:instancePath+"/output/dataset",schemaPath:"#/properties/output/properties/dataset/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9_]{0,62}$"},schema:"^[a-z][a-z0-9_]{0,62}$",parentSchema:schema75.properties.output.properties.dataset,data:data8};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/output/dataset",schemaPath:"#/properties/output/properties/dataset/type",keyword:"type",params:{type: "string"},schema:schema75.properties.output.properties.dataset.type,parentSchema:schema75.properties.output.properties.dataset,data:data8};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data7.format !== undefined){
let data9 = data7.format;
if(typeof data9 !== "string"){
const err19 = {instancePath:instancePath+"/output/format",schemaPath:"#/properties/output/properties/format/type",keyword:"type",params:{type: "string"},schema:schema75.properties.output.properties.format.type,parentSchema:schema75.properties.output.properties.format,data:data9};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(!(((data9 === "parquet") || (data9 === "csv")) || (data9 === "json"))){
const err20 = {instancePath:instancePath+"/output/format",schemaPath:"#/properties/output/properties/format/enum",keyword:"enum",params:{allowedValues: schema75.properties.output.properties.format.enum},schema:schema75.properties.output.properties.format.enum,parentSchema:schema75.properties.output.properties.format,data:data9};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/type",keyword:"type",params:{type: "object"},schema:schema75.properties.output.type,parentSchema:schema75.properties.output,data:data7};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.timeout !== undefined){
let data10 = data.timeout;
if(typeof data10 === "string"){
if(!pattern6.test(data10)){
const err22 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema75.properties.timeout,data:data10};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema75.properties.timeout.type,parentSchema:schema75.properties.timeout,data:data10};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.env !== undefined){
let data11 = data.env;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key3 in data11){
const _errs27 = errors;
if(typeof key3 === "string"){
if(!pattern52.test(key3)){
const err24 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$"},schema:"^[A-Za-z_][A-Za-z0-9_]{0,127}$",parentSchema:schema75.properties.env.propertyNames,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/propertyNames/type",keyword:"type",params:{type: "string"},schema:schema75.properties.env.propertyNames.type,parentSchema:schema75.properties.env.propertyNames,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
var valid5 = _errs27 === errors;
if(!valid5){
const err26 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/propertyNames",keyword:"propertyNames",params:{propertyName: key3},schema:schema75.properties.env.propertyNames,parentSchema:schema75.properties.env,data:data11};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
for(const key4 in data11){
let data12 = data11[key4];
if(typeof data12 !== "string"){
const err27 = {instancePath:instancePath+"/env/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/env/additionalProperties/type",keyword:"type",params:{type: "string"},schema:schema75.properties.env.additionalProperties.type,parentSchema:schema75.properties.env.additionalProperties,data:data12};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/type",keyword:"type",params:{type: "object"},schema:schema75.properties.env.type,parentSchema:schema75.properties.env,data:data11};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema75.type,parentSchema:schema75,data};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
validate48.errors = vErrors;
return errors === 0;
}


function validate26(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uses === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "uses"},schema:schema45.required,parentSchema:schema45,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const tag0 = data.uses;
if(typeof tag0 == "string"){
if(tag0 === "contracts"){
if(!(validate27(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate27.errors : appended(vErrors, validate27.errors);
errors = vErrors.length;
}
}
else if(tag0 === "chains"){
if(!(validate30(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate30.errors : appended(vErrors, validate30.errors);
errors = vErrors.length;
}
}
else if(tag0 === "history"){
if(!(validate32(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate32.errors : appended(vErrors, validate32.errors);
errors = vErrors.length;
}
}
else if(tag0 === "quotes"){
if(!(validate34(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate34.errors : appended(vErrors, validate34.errors);
errors = vErrors.length;
}
}
else if(tag0 === "equity"){
if(!(validate36(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate36.errors : appended(vErrors, validate36.errors);
errors = vErrors.length;
}
}
else if(tag0 === "options"){
if(!(validate39(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate39.errors : appended(vErrors, validate39.errors);
errors = vErrors.length;
}
}
else if(tag0 === "snapshots"){
if(!(validate42(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate42.errors : appended(vErrors, validate42.errors);
errors = vErrors.length;
}
}
else if(tag0 === "overview"){
if(!(validate44(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate44.errors : appended(vErrors, validate44.errors);
errors = vErrors.length;
}
}
else if(tag0 === "sql"){
if(!(validate46(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate46.errors : appended(vErrors, validate46.errors);
errors = vErrors.length;
}
}
else if(tag0 === "exec"){
if(!(validate48(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate48.errors : appended(vErrors, validate48.errors);
errors = vErrors.length;
}
}
else {
const err1 = {instancePath,schemaPath:"#/discriminator",keyword:"discriminator",params:{error: "mapping", tag: "uses", tagValue: tag0},schema:schema45.discriminator,parentSchema:schema45,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath,schemaPath:"#/discriminator",keyword:"discriminator",params:{error: "tag", tag: "uses", tagValue: tag0},schema:schema45.discriminator,parentSchema:schema45,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema45.type,parentSchema:schema45,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate26.errors = vErrors;
return errors === 0;
}


function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length > 100){
const err0 = {instancePath,schemaPath:"#/maxProperties",keyword:"maxProperties",params:{limit: 100},schema:100,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(Object.keys(data).length < 1){
const err1 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1},schema:1,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(!pattern19.test(key0)){
const err2 = {instancePath,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err4 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},schema:schema43.propertyNames,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
for(const key1 in data){
if(!((((((((key1 === "contracts") || (key1 === "chains")) || (key1 === "history")) || (key1 === "quotes")) || (key1 === "equity")) || (key1 === "options")) || (key1 === "snapshots")) || (key1 === "overview"))){
if(!(validate26(data[key1], {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key1,rootData}))){
vErrors = vErrors === null ? validate26.errors : appended(vErrors, validate26.errors);
errors = vErrors.length;
}
}
}
if(data.contracts !== undefined){
if(!(validate27(data.contracts, {instancePath:instancePath+"/contracts",parentData:data,parentDataProperty:"contracts",rootData}))){
vErrors = vErrors === null ? validate27.errors : appended(vErrors, validate27.errors);
errors = vErrors.length;
}
}
if(data.chains !== undefined){
if(!(validate30(data.chains, {instancePath:instancePath+"/chains",parentData:data,parentDataProperty:"chains",rootData}))){
vErrors = vErrors === null ? validate30.errors : appended(vErrors, validate30.errors);
errors = vErrors.length;
}
}
if(data.history !== undefined){
if(!(validate32(data.history, {instancePath:instancePath+"/history",parentData:data,parentDataProperty:"history",rootData}))){
vErrors = vErrors === null ? validate32.errors : appended(vErrors, validate32.errors);
errors = vErrors.length;
}
}
if(data.quotes !== undefined){
if(!(validate34(data.quotes, {instancePath:instancePath+"/quotes",parentData:data,parentDataProperty:"quotes",rootData}))){
vErrors = vErrors === null ? validate34.errors : appended(vErrors, validate34.errors);
errors = vErrors.length;
}
}
if(data.equity !== undefined){
if(!(validate36(data.equity, {instancePath:instancePath+"/equity",parentData:data,parentDataProperty:"equity",rootData}))){
vErrors = vErrors === null ? validate36.errors : appended(vErrors, validate36.errors);
errors = vErrors.length;
}
}
if(data.options !== undefined){
if(!(validate39(data.options, {instancePath:instancePath+"/options",parentData:data,parentDataProperty:"options",rootData}))){
vErrors = vErrors === null ? validate39.errors : appended(vErrors, validate39.errors);
errors = vErrors.length;
}
}
if(data.snapshots !== undefined){
if(!(validate42(data.snapshots, {instancePath:instancePath+"/snapshots",parentData:data,parentDataProperty:"snapshots",rootData}))){
vErrors = vErrors === null ? validate42.errors : appended(vErrors, validate42.errors);
errors = vErrors.length;
}
}
if(data.overview !== undefined){
if(!(validate44(data.overview, {instancePath:instancePath+"/overview",parentData:data,parentDataProperty:"overview",rootData}))){
vErrors = vErrors === null ? validate44.errors : appended(vErrors, validate44.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema43.type,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}

const schema76 = {"title":"pacing","anyOf":[{"title":"pacing rules","type":"string","enum":["default","relaxed"]},{"$ref":"#/definitions/pacingSection"}]};
const schema77 = {"title":"pacing section","type":"object","additionalProperties":false,"properties":{"rules":{"title":"pacing rules","type":"string","enum":["default","relaxed"]},"budgets":{"title":"list of budgets","type":"array","minItems":1,"items":{"$ref":"#/definitions/budget"}},"concurrency":{"title":"number of requests","type":"integer","minimum":1,"maximum":1000}}};
const schema78 = {"title":"budget","type":"object","required":["kind"],"discriminator":{"propertyName":"kind"},"oneOf":[{"$ref":"#/definitions/rollingBudget"},{"$ref":"#/definitions/openBudget"}]};
const schema79 = {"title":"rolling budget","type":"object","additionalProperties":false,"required":["name","kind","limit","window"],"properties":{"name":{"title":"budget name","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,63}$"},"kind":{"title":"budget kind","type":"string","const":"rolling"},"limit":{"title":"limit","type":"integer","minimum":1,"maximum":1000000},"window":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"scope":{"title":"scope","type":"string","enum":["account","contract","identical","connection"]},"datasets":{"$ref":"#/definitions/datasets"},"weights":{"title":"weights","type":"object","additionalProperties":false,"properties":{"TRADES":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"MIDPOINT":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"BID":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"ASK":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000},"BID_ASK":{"title":"weight","type":"number","exclusiveMinimum":0,"maximum":1000}}},"bar_sizes":{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}},"margin":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema80 = {"title":"list of tables","type":"array","minItems":1,"items":{"title":"table","type":"string","enum":["contracts","chains","equity_bars","option_bars","history_starts","quotes","option_snapshots"]}};

function validate73(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},schema:schema79.required,parentSchema:schema79,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},schema:schema79.required,parentSchema:schema79,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.limit === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "limit"},schema:schema79.required,parentSchema:schema79,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.window === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "window"},schema:schema79.required,parentSchema:schema79,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema79.properties, key0))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema79,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern19.test(data0)){
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema79.properties.name,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},schema:schema79.properties.name.type,parentSchema:schema79.properties.name,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"},schema:schema79.properties.kind.type,parentSchema:schema79.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if("rolling" !== data1){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "rolling"},schema:"rolling",parentSchema:schema79.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.limit !== undefined){
let data2 = data.limit;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err9 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/type",keyword:"type",params:{type: "integer"},schema:schema79.properties.limit.type,parentSchema:schema79.properties.limit,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1000000 || isNaN(data2)){
const err10 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},schema:1000000,parentSchema:schema79.properties.limit,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data2 < 1 || isNaN(data2)){
const err11 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema79.properties.limit,data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
if(data.window !== undefined){
let data3 = data.window;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err12 = {instancePath:instancePath+"/window",schemaPath:"#/properties/window/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema79.properties.window,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/window",schemaPath:"#/properties/window/type",keyword:"type",params:{type: "string"},schema:schema79.properties.window.type,parentSchema:schema79.properties.window,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.scope !== undefined){
let data4 = data.scope;
if(typeof data4 !== "string"){
const err14 = {instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/type",keyword:"type",params:{type: "string"},schema:schema79.properties.scope.type,parentSchema:schema79.properties.scope,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!((((data4 === "account") || (data4 === "contract")) || (data4 === "identical")) || (data4 === "connection"))){
const err15 = {instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/enum",keyword:"enum",params:{allowedValues: schema79.properties.scope.enum},schema:schema79.properties.scope.enum,parentSchema:schema79.properties.scope,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.datasets !== undefined){
let data5 = data.datasets;
if(Array.isArray(data5)){
if(data5.length < 1){
const err16 = {instancePath:instancePath+"/datasets",schemaPath:"#/definitions/datasets/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema80,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
const len0 = data5.length;
for(let i0=0; i0<len0; i0++){
let data6 = data5[i0];
if(typeof data6 !== "string"){
const err17 = {instancePath:instancePath+"/datasets/" + i0,schemaPath:"#/definitions/datasets/items/type",keyword:"type",params:{type: "string"},schema:schema80.items.type,parentSchema:schema80.items,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!(((((((data6 === "contracts") || (data6 === "chains")) || (data6 === "equity_bars")) || (data6 === "option_bars")) || (data6 === "history_starts")) || (data6 === "quotes")) || (data6 === "option_snapshots"))){
const err18 = {instancePath:instancePath+"/datasets/" + i0,schemaPath:"#/definitions/datasets/items/enum",keyword:"enum",params:{allowedValues: schema80.items.enum},schema:schema80.items.enum,parentSchema:schema80.items,data:data6};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
else {
const err19 = {instancePath:instancePath+"/datasets",schemaPath:"#/definitions/datasets/type",keyword:"type",params:{type: "array"},schema:schema80.type,parentSchema:schema80,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data.weights !== undefined){
let data7 = data.weights;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key1 in data7){
if(!(((((key1 === "TRADES") || (key1 === "MIDPOINT")) || (key1 === "BID")) || (key1 === "ASK")) || (key1 === "BID_ASK"))){
const err20 = {instancePath:instancePath+"/weights",schemaPath:"#/properties/weights/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},schema:false,parentSchema:schema79.properties.weights,data:data7};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data7.TRADES !== undefined){
let data8 = data7.TRADES;
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 1000 || isNaN(data8)){
const err21 = {instancePath:instancePath+"/weights/TRADES",schemaPath:"#/properties/weights/properties/TRADES/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema79.properties.weights.properties.TRADES,data:data8};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data8 <= 0 || isNaN(data8)){
const err22 = {instancePath:instancePath+"/weights/TRADES",schemaPath:"#/properties/weights/properties/TRADES/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema79.properties.weights.properties.TRADES,data:data8};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/weights/TRADES",schemaPath:"#/properties/weights/properties/TRADES/type",keyword:"type",params:{type: "number"},schema:schema79.properties.weights.properties.TRADES.type,parentSchema:schema79.properties.weights.properties.TRADES,data:data8};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data7.MIDPOINT !== undefined){
let data9 = data7.MIDPOINT;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 1000 || isNaN(data9)){
const err24 = {instancePath:instancePath+"/weights/MIDPOINT",schemaPath:"#/properties/weights/properties/MIDPOINT/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema79.properties.weights.properties.MIDPOINT,data:data9};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data9 <= 0 || isNaN(data9)){
const err25 = {instancePath:instancePath+"/weights/MIDPOINT",schemaPath:"#/properties/weights/properties/MIDPOINT/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema79.properties.weights.properties.MIDPOINT,data:data9};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/weights/MIDPOINT",schemaPath:"#/properties/weights/properties/MIDPOINT/type",keyword:"type",params:{type: "number"},schema:schema79.properties.weights.properties.MIDPOINT.type,parentSchema:schema79.properties.weights.properties.MIDPOINT,data:data9};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data7.BID !== undefined){
let data10 = data7.BID;
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 1000 || isNaN(data10)){
const err27 = {instancePath:instancePath+"/weights/BID",schemaPath:"#/properties/weights/properties/BID/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema79.properties.weights.properties.BID,data:data10};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data10 <= 0 || isNaN(data10)){
const err28 = {instancePath:instancePath+"/weights/BID",schemaPath:"#/properties/weights/properties/BID/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema79.properties.weights.properties.BID,data:data10};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/weights/BID",schemaPath:"#/properties/weights/properties/BID/type",keyword:"type",params:{type: "number"},schema:schema79.properties.weights.properties.BID.type,parentSchema:schema79.properties.weights.properties.BID,data:data10};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data7.ASK !== undefined){
let data11 = data7.ASK;
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1000 || isNaN(data11)){
const err30 = {instancePath:instancePath+"/weights/ASK",schemaPath:"#/properties/weights/properties/ASK/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema79.properties.weights.properties.ASK,data:data11};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data11 <= 0 || isNaN(data11)){
const err31 = {instancePath:instancePath+"/weights/ASK",schemaPath:"#/properties/weights/properties/ASK/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema79.properties.weights.properties.ASK,data:data11};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/weights/ASK",schemaPath:"#/properties/weights/properties/ASK/type",keyword:"type",params:{type: "number"},schema:schema79.properties.weights.properties.ASK.type,parentSchema:schema79.properties.weights.properties.ASK,data:data11};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data7.BID_ASK !== undefined){
let data12 = data7.BID_ASK;
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 1000 || isNaN(data12)){
const err33 = {instancePath:instancePath+"/weights/BID_ASK",schemaPath:"#/properties/weights/properties/BID_ASK/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema79.properties.weights.properties.BID_ASK,data:data12};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data12 <= 0 || isNaN(data12)){
const err34 = {instancePath:instancePath+"/weights/BID_ASK",schemaPath:"#/properties/weights/properties/BID_ASK/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema79.properties.weights.properties.BID_ASK,data:data12};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/weights/BID_ASK",schemaPath:"#/properties/weights/properties/BID_ASK/type",keyword:"type",params:{type: "number"},schema:schema79.properties.weights.properties.BID_ASK.type,parentSchema:schema79.properties.weights.properties.BID_ASK,data:data12};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
else {
const err36 = {instancePath:instancePath+"/weights",schemaPath:"#/properties/weights/type",keyword:"type",params:{type: "object"},schema:schema79.properties.weights.type,parentSchema:schema79.properties.weights,data:data7};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data.bar_sizes !== undefined){
let data13 = data.bar_sizes;
if(Array.isArray(data13)){
if(data13.length < 1){
const err37 = {instancePath:instancePath+"/bar_sizes",schemaPath:"#/properties/bar_sizes/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema79.properties.bar_sizes,data:data13};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
const len1 = data13.length;
for(let i1=0; i1<len1; i1++){
let data14 = data13[i1];
if(typeof data14 !== "string"){
const err38 = {instancePath:instancePath+"/bar_sizes/" + i1,schemaPath:"#/definitions/barSize/type",keyword:"type",params:{type: "string"},schema:schema21.type,parentSchema:schema21,data:data14};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(!(((((((((((((((((((data14 === "1 secs") || (data14 === "5 secs")) || (data14 === "10 secs")) || (data14 === "15 secs")) || (data14 === "30 secs")) || (data14 === "1 min")) || (data14 === "2 mins")) || (data14 === "3 mins")) || (data14 === "5 mins")) || (data14 === "10 mins")) || (data14 === "15 mins")) || (data14 === "20 mins")) || (data14 === "30 mins")) || (data14 === "1 hour")) || (data14 === "2 hours")) || (data14 === "3 hours")) || (data14 === "4 hours")) || (data14 === "8 hours")) || (data14 === "1 day"))){
const err39 = {instancePath:instancePath+"/bar_sizes/" + i1,schemaPath:"#/definitions/barSize/enum",keyword:"enum",params:{allowedValues: schema21.enum},schema:schema21.enum,parentSchema:schema21,data:data14};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
else {
const err40 = {instancePath:instancePath+"/bar_sizes",schemaPath:"#/properties/bar_sizes/type",keyword:"type",params:{type: "array"},schema:schema79.properties.bar_sizes.type,parentSchema:schema79.properties.bar_sizes,data:data13};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.margin !== undefined){
let data15 = data.margin;
if(typeof data15 === "string"){
if(!pattern6.test(data15)){
const err41 = {instancePath:instancePath+"/margin",schemaPath:"#/properties/margin/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema79.properties.margin,data:data15};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/margin",schemaPath:"#/properties/margin/type",keyword:"type",params:{type: "string"},schema:schema79.properties.margin.type,parentSchema:schema79.properties.margin,data:data15};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
}
else {
const err43 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema79.type,parentSchema:schema79,data};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
validate73.errors = vErrors;
return errors === 0;
}

const schema82 = {"title":"open budget","type":"object","additionalProperties":false,"required":["name","kind","limit"],"properties":{"name":{"title":"budget name","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,63}$"},"kind":{"title":"budget kind","type":"string","const":"open"},"limit":{"title":"limit","type":"integer","minimum":1,"maximum":1000000},"scope":{"title":"scope","type":"string","enum":["account","contract","identical","connection"]},"datasets":{"$ref":"#/definitions/datasets"},"bar_sizes":{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}}}};

function validate74(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},schema:schema82.required,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},schema:schema82.required,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.limit === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "limit"},schema:schema82.required,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "name") || (key0 === "kind")) || (key0 === "limit")) || (key0 === "scope")) || (key0 === "datasets")) || (key0 === "bar_sizes"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern19.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema82.properties.name,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},schema:schema82.properties.name.type,parentSchema:schema82.properties.name,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err6 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"},schema:schema82.properties.kind.type,parentSchema:schema82.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if("open" !== data1){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "open"},schema:"open",parentSchema:schema82.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.limit !== undefined){
let data2 = data.limit;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err8 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/type",keyword:"type",params:{type: "integer"},schema:schema82.properties.limit.type,parentSchema:schema82.properties.limit,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1000000 || isNaN(data2)){
const err9 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},schema:1000000,parentSchema:schema82.properties.limit,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data2 < 1 || isNaN(data2)){
const err10 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema82.properties.limit,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
if(data.scope !== undefined){
let data3 = data.scope;
if(typeof data3 !== "string"){
const err11 = {instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/type",keyword:"type",params:{type: "string"},schema:schema82.properties.scope.type,parentSchema:schema82.properties.scope,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!((((data3 === "account") || (data3 === "contract")) || (data3 === "identical")) || (data3 === "connection"))){
const err12 = {instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/enum",keyword:"enum",params:{allowedValues: schema82.properties.scope.enum},schema:schema82.properties.scope.enum,parentSchema:schema82.properties.scope,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.datasets !== undefined){
let data4 = data.datasets;
if(Array.isArray(data4)){
if(data4.length < 1){
const err13 = {instancePath:instancePath+"/datasets",schemaPath:"#/definitions/datasets/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema80,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(typeof data5 !== "string"){
const err14 = {instancePath:instancePath+"/datasets/" + i0,schemaPath:"#/definitions/datasets/items/type",keyword:"type",params:{type: "string"},schema:schema80.items.type,parentSchema:schema80.items,data:data5};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!(((((((data5 === "contracts") || (data5 === "chains")) || (data5 === "equity_bars")) || (data5 === "option_bars")) || (data5 === "history_starts")) || (data5 === "quotes")) || (data5 === "option_snapshots"))){
const err15 = {instancePath:instancePath+"/datasets/" + i0,schemaPath:"#/definitions/datasets/items/enum",keyword:"enum",params:{allowedValues: schema80.items.enum},schema:schema80.items.enum,parentSchema:schema80.items,data:data5};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/datasets",schemaPath:"#/definitions/datasets/type",keyword:"type",params:{type: "array"},schema:schema80.type,parentSchema:schema80,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.bar_sizes !== undefined){
let data6 = data.bar_sizes;
if(Array.isArray(data6)){
if(data6.length < 1){
const err17 = {instancePath:instancePath+"/bar_sizes",schemaPath:"#/properties/bar_sizes/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema82.properties.bar_sizes,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
let data7 = data6[i1];
if(typeof data7 !== "string"){
const err18 = {instancePath:instancePath+"/bar_sizes/" + i1,schemaPath:"#/definitions/barSize/type",keyword:"type",params:{type: "string"},schema:schema21.type,parentSchema:schema21,data:data7};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!(((((((((((((((((((data7 === "1 secs") || (data7 === "5 secs")) || (data7 === "10 secs")) || (data7 === "15 secs")) || (data7 === "30 secs")) || (data7 === "1 min")) || (data7 === "2 mins")) || (data7 === "3 mins")) || (data7 === "5 mins")) || (data7 === "10 mins")) || (data7 === "15 mins")) || (data7 === "20 mins")) || (data7 === "30 mins")) || (data7 === "1 hour")) || (data7 === "2 hours")) || (data7 === "3 hours")) || (data7 === "4 hours")) || (data7 === "8 hours")) || (data7 === "1 day"))){
const err19 = {instancePath:instancePath+"/bar_sizes/" + i1,schemaPath:"#/definitions/barSize/enum",keyword:"enum",params:{allowedValues: schema21.enum},schema:schema21.enum,parentSchema:schema21,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/bar_sizes",schemaPath:"#/properties/bar_sizes/type",keyword:"type",params:{type: "array"},schema:schema82.properties.bar_sizes.type,parentSchema:schema82.properties.bar_sizes,data:data6};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema82.type,parentSchema:schema82,data};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
validate74.errors = vErrors;
return errors === 0;
}


function validate72(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.kind === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},schema:schema78.required,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const tag0 = data.kind;
if(typeof tag0 == "string"){
if(tag0 === "rolling"){
if(!(validate73(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate73.errors : appended(vErrors, validate73.errors);
errors = vErrors.length;
}
}
else if(tag0 === "open"){
if(!(validate74(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate74.errors : appended(vErrors, validate74.errors);
errors = vErrors.length;
}
}
else {
const err1 = {instancePath,schemaPath:"#/discriminator",keyword:"discriminator",params:{error: "mapping", tag: "kind", tagValue: tag0},schema:schema78.discriminator,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath,schemaPath:"#/discriminator",keyword:"discriminator",params:{error: "tag", tag: "kind", tagValue: tag0},schema:schema78.discriminator,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema78.type,parentSchema:schema78,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate72.errors = vErrors;
return errors === 0;
}


function validate71(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "rules") || (key0 === "budgets")) || (key0 === "concurrency"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema77,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.rules !== undefined){
let data0 = data.rules;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/rules",schemaPath:"#/properties/rules/type",keyword:"type",params:{type: "string"},schema:schema77.properties.rules.type,parentSchema:schema77.properties.rules,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!((data0 === "default") || (data0 === "relaxed"))){
const err2 = {instancePath:instancePath+"/rules",schemaPath:"#/properties/rules/enum",keyword:"enum",params:{allowedValues: schema77.properties.rules.enum},schema:schema77.properties.rules.enum,parentSchema:schema77.properties.rules,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.budgets !== undefined){
let data1 = data.budgets;
if(Array.isArray(data1)){
if(data1.length < 1){
const err3 = {instancePath:instancePath+"/budgets",schemaPath:"#/properties/budgets/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema77.properties.budgets,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate72(data1[i0], {instancePath:instancePath+"/budgets/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate72.errors : appended(vErrors, validate72.errors);
errors = vErrors.length;
}
}
}
else {
const err4 = {instancePath:instancePath+"/budgets",schemaPath:"#/properties/budgets/type",keyword:"type",params:{type: "array"},schema:schema77.properties.budgets.type,parentSchema:schema77.properties.budgets,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.concurrency !== undefined){
let data3 = data.concurrency;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err5 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/type",keyword:"type",params:{type: "integer"},schema:schema77.properties.concurrency.type,parentSchema:schema77.properties.concurrency,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 1000 || isNaN(data3)){
const err6 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema77.properties.concurrency,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data3 < 1 || isNaN(data3)){
const err7 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema77.properties.concurrency,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema77.type,parentSchema:schema77,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate71.errors = vErrors;
return errors === 0;
}


function validate70(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "string"},schema:schema76.anyOf[0].type,parentSchema:schema76.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!((data === "default") || (data === "relaxed"))){
const err1 = {instancePath,schemaPath:"#/anyOf/0/enum",keyword:"enum",params:{allowedValues: schema76.anyOf[0].enum},schema:schema76.anyOf[0].enum,parentSchema:schema76.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs3 = errors;
if(!(validate71(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate71.errors : appended(vErrors, validate71.errors);
errors = vErrors.length;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema76.anyOf,parentSchema:schema76,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate70.errors = vErrors;
return errors === 0;
}

const schema88 = {"title":"analytics section","type":"object","additionalProperties":false,"properties":{"rate":{"title":"rate","type":"number","minimum":-0.5,"maximum":1},"dividend_yield":{"title":"dividend yields","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"dividend yield","type":"number","minimum":-0.5,"maximum":1}},"exercise":{"title":"exercise styles","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"exercise style","type":"string","enum":["american","european"]}},"volatility_index":{"title":"symbol","type":"string","pattern":"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},"rank_days":{"title":"number of days","type":"integer","minimum":30,"maximum":2520}}};

function validate80(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "rate") || (key0 === "dividend_yield")) || (key0 === "exercise")) || (key0 === "volatility_index")) || (key0 === "rank_days"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema88,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.rate !== undefined){
let data0 = data.rate;
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 1 || isNaN(data0)){
const err1 = {instancePath:instancePath+"/rate",schemaPath:"#/properties/rate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},schema:1,parentSchema:schema88.properties.rate,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data0 < -0.5 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/rate",schemaPath:"#/properties/rate/minimum",keyword:"minimum",params:{comparison: ">=", limit: -0.5},schema:-0.5,parentSchema:schema88.properties.rate,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/rate",schemaPath:"#/properties/rate/type",keyword:"type",params:{type: "number"},schema:schema88.properties.rate.type,parentSchema:schema88.properties.rate,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.dividend_yield !== undefined){
let data1 = data.dividend_yield;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
const _errs6 = errors;
if(typeof key1 === "string"){
if(!pattern14.test(key1)){
const err4 = {instancePath:instancePath+"/dividend_yield",schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},schema:"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$",parentSchema:schema26,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/dividend_yield",schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema26.type,parentSchema:schema26,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var valid1 = _errs6 === errors;
if(!valid1){
const err6 = {instancePath:instancePath+"/dividend_yield",schemaPath:"#/properties/dividend_yield/propertyNames",keyword:"propertyNames",params:{propertyName: key1},schema:schema88.properties.dividend_yield.propertyNames,parentSchema:schema88.properties.dividend_yield,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
for(const key2 in data1){
let data2 = data1[key2];
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1 || isNaN(data2)){
const err7 = {instancePath:instancePath+"/dividend_yield/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dividend_yield/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},schema:1,parentSchema:schema88.properties.dividend_yield.additionalProperties,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data2 < -0.5 || isNaN(data2)){
const err8 = {instancePath:instancePath+"/dividend_yield/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dividend_yield/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: -0.5},schema:-0.5,parentSchema:schema88.properties.dividend_yield.additionalProperties,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/dividend_yield/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dividend_yield/additionalProperties/type",keyword:"type",params:{type: "number"},schema:schema88.properties.dividend_yield.additionalProperties.type,parentSchema:schema88.properties.dividend_yield.additionalProperties,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath:instancePath+"/dividend_yield",schemaPath:"#/properties/dividend_yield/type",keyword:"type",params:{type: "object"},schema:schema88.properties.dividend_yield.type,parentSchema:schema88.properties.dividend_yield,data:data1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.exercise !== undefined){
let data3 = data.exercise;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key3 in data3){
const _errs14 = errors;
if(typeof key3 === "string"){
if(!pattern14.test(key3)){
const err11 = {instancePath:instancePath+"/exercise",schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},schema:"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$",parentSchema:schema26,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/exercise",schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema26.type,parentSchema:schema26,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
var valid4 = _errs14 === errors;
if(!valid4){
const err13 = {instancePath:instancePath+"/exercise",schemaPath:"#/properties/exercise/propertyNames",keyword:"propertyNames",params:{propertyName: key3},schema:schema88.properties.exercise.propertyNames,parentSchema:schema88.properties.exercise,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
for(const key4 in data3){
let data4 = data3[key4];
if(typeof data4 !== "string"){
const err14 = {instancePath:instancePath+"/exercise/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/exercise/additionalProperties/type",keyword:"type",params:{type: "string"},schema:schema88.properties.exercise.additionalProperties.type,parentSchema:schema88.properties.exercise.additionalProperties,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!((data4 === "american") || (data4 === "european"))){
const err15 = {instancePath:instancePath+"/exercise/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/exercise/additionalProperties/enum",keyword:"enum",params:{allowedValues: schema88.properties.exercise.additionalProperties.enum},schema:schema88.properties.exercise.additionalProperties.enum,parentSchema:schema88.properties.exercise.additionalProperties,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/exercise",schemaPath:"#/properties/exercise/type",keyword:"type",params:{type: "object"},schema:schema88.properties.exercise.type,parentSchema:schema88.properties.exercise,data:data3};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.volatility_index !== undefined){
let data5 = data.volatility_index;
if(typeof data5 === "string"){
if(!pattern14.test(data5)){
const err17 = {instancePath:instancePath+"/volatility_index",schemaPath:"#/properties/volatility_index/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},schema:"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$",parentSchema:schema88.properties.volatility_index,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/volatility_index",schemaPath:"#/properties/volatility_index/type",keyword:"type",params:{type: "string"},schema:schema88.properties.volatility_index.type,parentSchema:schema88.properties.volatility_index,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.rank_days !== undefined){
let data6 = data.rank_days;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err19 = {instancePath:instancePath+"/rank_days",schemaPath:"#/properties/rank_days/type",keyword:"type",params:{type: "integer"},schema:schema88.properties.rank_days.type,parentSchema:schema88.properties.rank_days,data:data6};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 2520 || isNaN(data6)){
const err20 = {instancePath:instancePath+"/rank_days",schemaPath:"#/properties/rank_days/maximum",keyword:"maximum",params:{comparison: "<=", limit: 2520},schema:2520,parentSchema:schema88.properties.rank_days,data:data6};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data6 < 30 || isNaN(data6)){
const err21 = {instancePath:instancePath+"/rank_days",schemaPath:"#/properties/rank_days/minimum",keyword:"minimum",params:{comparison: ">=", limit: 30},schema:30,parentSchema:schema88.properties.rank_days,data:data6};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
}
else {
const err22 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema88.type,parentSchema:schema88,data};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
validate80.errors = vErrors;
return errors === 0;
}

const schema91 = {"title":"mock section","type":"object","additionalProperties":false,"properties":{"seed":{"title":"seed","type":"integer","minimum":0,"maximum":4294967295},"delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"volatility":{"title":"volatility","type":"number","exclusiveMinimum":0,"maximum":10},"base_price":{"title":"base prices","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"price","type":"number","exclusiveMinimum":0,"maximum":1000000000}}}};

function validate82(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "seed") || (key0 === "delay")) || (key0 === "volatility")) || (key0 === "base_price"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema91,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.seed !== undefined){
let data0 = data.seed;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/type",keyword:"type",params:{type: "integer"},schema:schema91.properties.seed.type,parentSchema:schema91.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},schema:4294967295,parentSchema:schema91.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema91.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.delay !== undefined){
let data1 = data.delay;
if(typeof data1 === "string"){
if(!pattern6.test(data1)){
const err4 = {instancePath:instancePath+"/delay",schemaPath:"#/properties/delay/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema91.properties.delay,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/delay",schemaPath:"#/properties/delay/type",keyword:"type",params:{type: "string"},schema:schema91.properties.delay.type,parentSchema:schema91.properties.delay,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.volatility !== undefined){
let data2 = data.volatility;
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 10 || isNaN(data2)){
const err6 = {instancePath:instancePath+"/volatility",schemaPath:"#/properties/volatility/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10},schema:10,parentSchema:schema91.properties.volatility,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data2 <= 0 || isNaN(data2)){
const err7 = {instancePath:instancePath+"/volatility",schemaPath:"#/properties/volatility/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema91.properties.volatility,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/volatility",schemaPath:"#/properties/volatility/type",keyword:"type",params:{type: "number"},schema:schema91.properties.volatility.type,parentSchema:schema91.properties.volatility,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.base_price !== undefined){
let data3 = data.base_price;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key1 in data3){
const _errs10 = errors;
if(typeof key1 === "string"){
if(!pattern14.test(key1)){
const err9 = {instancePath:instancePath+"/base_price",schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$"},schema:"^(?=.{1,32}$)(?!.*\\.\\.)(?!.*  )(?!.*/.*/)(?! )(?=.*[A-Za-z0-9])[A-Za-z0-9 .\\-_&/+^=:!#$@]*[A-Za-z0-9.\\-_&/+^=:!#$@]$",parentSchema:schema26,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/base_price",schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema26.type,parentSchema:schema26,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var valid1 = _errs10 === errors;
if(!valid1){
const err11 = {instancePath:instancePath+"/base_price",schemaPath:"#/properties/base_price/propertyNames",keyword:"propertyNames",params:{propertyName: key1},schema:schema91.properties.base_price.propertyNames,parentSchema:schema91.properties.base_price,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
for(const key2 in data3){
let data4 = data3[key2];
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 1000000000 || isNaN(data4)){
const err12 = {instancePath:instancePath+"/base_price/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/base_price/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000},schema:1000000000,parentSchema:schema91.properties.base_price.additionalProperties,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data4 <= 0 || isNaN(data4)){
const err13 = {instancePath:instancePath+"/base_price/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/base_price/additionalProperties/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema91.properties.base_price.additionalProperties,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/base_price/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/base_price/additionalProperties/type",keyword:"type",params:{type: "number"},schema:schema91.properties.base_price.additionalProperties.type,parentSchema:schema91.properties.base_price.additionalProperties,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/base_price",schemaPath:"#/properties/base_price/type",keyword:"type",params:{type: "object"},schema:schema91.properties.base_price.type,parentSchema:schema91.properties.base_price,data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema91.type,parentSchema:schema91,data};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
validate82.errors = vErrors;
return errors === 0;
}

const schema96 = {"title":"hook before a run","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"required":{"title":"true or false","type":"boolean"}}};
const schema97 = {"title":"command","type":"array","minItems":1,"items":{"title":"word","type":"string","pattern":"^[^\\u0000]+$"}};
const pattern78 = new RegExp("^[^\\u0000]+$", "u");

function validate84(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.command === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "command"},schema:schema96.required,parentSchema:schema96,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "command") || (key0 === "timeout")) || (key0 === "required"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema96,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.command !== undefined){
let data0 = data.command;
if(Array.isArray(data0)){
if(data0.length < 1){
const err2 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema97,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern78.test(data1)){
const err3 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]+$"},schema:"^[^\\u0000]+$",parentSchema:schema97.items,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/type",keyword:"type",params:{type: "string"},schema:schema97.items.type,parentSchema:schema97.items,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/type",keyword:"type",params:{type: "array"},schema:schema97.type,parentSchema:schema97,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.timeout !== undefined){
let data2 = data.timeout;
if(typeof data2 === "string"){
if(!pattern6.test(data2)){
const err6 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema96.properties.timeout,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema96.properties.timeout.type,parentSchema:schema96.properties.timeout,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.required !== undefined){
let data3 = data.required;
if(typeof data3 !== "boolean"){
const err8 = {instancePath:instancePath+"/required",schemaPath:"#/properties/required/type",keyword:"type",params:{type: "boolean"},schema:schema96.properties.required.type,parentSchema:schema96.properties.required,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema96.type,parentSchema:schema96,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate84.errors = vErrors;
return errors === 0;
}

const schema98 = {"title":"hook of tasks","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"each":{"title":"granularity","type":"string","enum":["run","task"]}}};

function validate86(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.command === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "command"},schema:schema98.required,parentSchema:schema98,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "command") || (key0 === "timeout")) || (key0 === "each"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema98,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.command !== undefined){
let data0 = data.command;
if(Array.isArray(data0)){
if(data0.length < 1){
const err2 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema97,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern78.test(data1)){
const err3 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]+$"},schema:"^[^\\u0000]+$",parentSchema:schema97.items,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/type",keyword:"type",params:{type: "string"},schema:schema97.items.type,parentSchema:schema97.items,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/type",keyword:"type",params:{type: "array"},schema:schema97.type,parentSchema:schema97,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.timeout !== undefined){
let data2 = data.timeout;
if(typeof data2 === "string"){
if(!pattern6.test(data2)){
const err6 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema98.properties.timeout,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema98.properties.timeout.type,parentSchema:schema98.properties.timeout,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.each !== undefined){
let data3 = data.each;
if(typeof data3 !== "string"){
const err8 = {instancePath:instancePath+"/each",schemaPath:"#/properties/each/type",keyword:"type",params:{type: "string"},schema:schema98.properties.each.type,parentSchema:schema98.properties.each,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!((data3 === "run") || (data3 === "task"))){
const err9 = {instancePath:instancePath+"/each",schemaPath:"#/properties/each/enum",keyword:"enum",params:{allowedValues: schema98.properties.each.enum},schema:schema98.properties.each.enum,parentSchema:schema98.properties.each,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema98.type,parentSchema:schema98,data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate86.errors = vErrors;
return errors === 0;
}

const schema100 = {"title":"hook","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};

function validate90(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.command === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "command"},schema:schema100.required,parentSchema:schema100,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "command") || (key0 === "timeout"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema100,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.command !== undefined){
let data0 = data.command;
if(Array.isArray(data0)){
if(data0.length < 1){
const err2 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema97,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern78.test(data1)){
const err3 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]+$"},schema:"^[^\\u0000]+$",parentSchema:schema97.items,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/type",keyword:"type",params:{type: "string"},schema:schema97.items.type,parentSchema:schema97.items,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/type",keyword:"type",params:{type: "array"},schema:schema97.type,parentSchema:schema97,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.timeout !== undefined){
let data2 = data.timeout;
if(typeof data2 === "string"){
if(!pattern6.test(data2)){
const err6 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema100.properties.timeout,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema100.properties.timeout.type,parentSchema:schema100.properties.timeout,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema100.type,parentSchema:schema100,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate90.errors = vErrors;
return errors === 0;
}

const schema103 = {"title":"channel","type":"object","required":["kind"],"discriminator":{"propertyName":"kind"},"oneOf":[{"$ref":"#/definitions/webhookChannel"},{"$ref":"#/definitions/emailChannel"},{"$ref":"#/definitions/commandChannel"}]};
const schema106 = {"title":"webhook channel","type":"object","additionalProperties":false,"required":["kind","url"],"properties":{"kind":{"title":"channel kind","type":"string","const":"webhook"},"url":{"title":"webhook URL","type":"string"},"format":{"title":"format","type":"string","enum":["slack","json"]}}};
const schema107 = {"title":"email channel","type":"object","additionalProperties":false,"required":["kind","host","from","to"],"properties":{"kind":{"title":"channel kind","type":"string","const":"email"},"host":{"title":"host","type":"string","pattern":"^\\S+$"},"port":{"title":"port","type":"integer","minimum":1,"maximum":65535},"security":{"title":"encryption","type":"string","enum":["starttls","tls","none"]},"user":{"title":"user","type":"string"},"password":{"title":"password","type":"string"},"from":{"title":"mail address","type":"string","pattern":"^[^\\r\\n]*@[^\\r\\n]+$"},"to":{"title":"list of mail addresses","type":"array","minItems":1,"items":{"title":"mail address","type":"string","pattern":"^[^\\r\\n]*@[^\\r\\n]+$"}}}};
const pattern87 = new RegExp("^\\S+$", "u");
const pattern88 = new RegExp("^[^\\r\\n]*@[^\\r\\n]+$", "u");
const schema104 = {"title":"command channel","type":"object","additionalProperties":false,"required":["kind","command"],"properties":{"kind":{"title":"channel kind","type":"string","const":"command"},"command":{"$ref":"#/definitions/command"},"timeout":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};

function validate93(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.kind === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},schema:schema104.required,parentSchema:schema104,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.command === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "command"},schema:schema104.required,parentSchema:schema104,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "kind") || (key0 === "command")) || (key0 === "timeout"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema104,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.kind !== undefined){
let data0 = data.kind;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"},schema:schema104.properties.kind.type,parentSchema:schema104.properties.kind,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("command" !== data0){
const err4 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "command"},schema:"command",parentSchema:schema104.properties.kind,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.command !== undefined){
let data1 = data.command;
if(Array.isArray(data1)){
if(data1.length < 1){
const err5 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema97,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern78.test(data2)){
const err6 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]+$"},schema:"^[^\\u0000]+$",parentSchema:schema97.items,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/definitions/command/items/type",keyword:"type",params:{type: "string"},schema:schema97.items.type,parentSchema:schema97.items,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/command",schemaPath:"#/definitions/command/type",keyword:"type",params:{type: "array"},schema:schema97.type,parentSchema:schema97,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.timeout !== undefined){
let data3 = data.timeout;
if(typeof data3 === "string"){
if(!pattern6.test(data3)){
const err9 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema104.properties.timeout,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/timeout",schemaPath:"#/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema104.properties.timeout.type,parentSchema:schema104.properties.timeout,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema104.type,parentSchema:schema104,data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
validate93.errors = vErrors;
return errors === 0;
}


function validate92(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.kind === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},schema:schema103.required,parentSchema:schema103,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const tag0 = data.kind;
if(typeof tag0 == "string"){
if(tag0 === "webhook"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/definitions/webhookChannel/required",keyword:"required",params:{missingProperty: "kind"},schema:schema106.required,parentSchema:schema106,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.url === undefined){
const err2 = {instancePath,schemaPath:"#/definitions/webhookChannel/required",keyword:"required",params:{missingProperty: "url"},schema:schema106.required,parentSchema:schema106,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "kind") || (key0 === "url")) || (key0 === "format"))){
const err3 = {instancePath,schemaPath:"#/definitions/webhookChannel/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema106,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.kind !== undefined){
let data0 = data.kind;
if(typeof data0 !== "string"){
const err4 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/webhookChannel/properties/kind/type",keyword:"type",params:{type: "string"},schema:schema106.properties.kind.type,parentSchema:schema106.properties.kind,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if("webhook" !== data0){
const err5 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/webhookChannel/properties/kind/const",keyword:"const",params:{allowedValue: "webhook"},schema:"webhook",parentSchema:schema106.properties.kind,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.url !== undefined){
let data1 = data.url;
if(typeof data1 !== "string"){
const err6 = {instancePath:instancePath+"/url",schemaPath:"#/definitions/webhookChannel/properties/url/type",keyword:"type",params:{type: "string"},schema:schema106.properties.url.type,parentSchema:schema106.properties.url,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.format !== undefined){
let data2 = data.format;
if(typeof data2 !== "string"){
const err7 = {instancePath:instancePath+"/format",schemaPath:"#/definitions/webhookChannel/properties/format/type",keyword:"type",params:{type: "string"},schema:schema106.properties.format.type,parentSchema:schema106.properties.format,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!((data2 === "slack") || (data2 === "json"))){
const err8 = {instancePath:instancePath+"/format",schemaPath:"#/definitions/webhookChannel/properties/format/enum",keyword:"enum",params:{allowedValues: schema106.properties.format.enum},schema:schema106.properties.format.enum,parentSchema:schema106.properties.format,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/definitions/webhookChannel/type",keyword:"type",params:{type: "object"},schema:schema106.type,parentSchema:schema106,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else if(tag0 === "email"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.kind === undefined){
const err10 = {instancePath,schemaPath:"#/definitions/emailChannel/required",keyword:"required",params:{missingProperty: "kind"},schema:schema107.required,parentSchema:schema107,data};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.host === undefined){
const err11 = {instancePath,schemaPath:"#/definitions/emailChannel/required",keyword:"required",params:{missingProperty: "host"},schema:schema107.required,parentSchema:schema107,data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.from === undefined){
const err12 = {instancePath,schemaPath:"#/definitions/emailChannel/required",keyword:"required",params:{missingProperty: "from"},schema:schema107.required,parentSchema:schema107,data};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.to === undefined){
const err13 = {instancePath,schemaPath:"#/definitions/emailChannel/required",keyword:"required",params:{missingProperty: "to"},schema:schema107.required,parentSchema:schema107,data};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key1 in data){
if(!((((((((key1 === "kind") || (key1 === "host")) || (key1 === "port")) || (key1 === "security")) || (key1 === "user")) || (key1 === "password")) || (key1 === "from")) || (key1 === "to"))){
const err14 = {instancePath,schemaPath:"#/definitions/emailChannel/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},schema:false,parentSchema:schema107,data};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.kind !== undefined){
let data3 = data.kind;
if(typeof data3 !== "string"){
const err15 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/emailChannel/properties/kind/type",keyword:"type",params:{type: "string"},schema:schema107.properties.kind.type,parentSchema:schema107.properties.kind,data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if("email" !== data3){
const err16 = {instancePath:instancePath+"/kind",schemaPath:"#/definitions/emailChannel/properties/kind/const",keyword:"const",params:{allowedValue: "email"},schema:"email",parentSchema:schema107.properties.kind,data:data3};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.host !== undefined){
let data4 = data.host;
if(typeof data4 === "string"){
if(!pattern87.test(data4)){
const err17 = {instancePath:instancePath+"/host",schemaPath:"#/definitions/emailChannel/properties/host/pattern",keyword:"pattern",params:{pattern: "^\\S+$"},schema:"^\\S+$",parentSchema:schema107.properties.host,data:data4};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/host",schemaPath:"#/definitions/emailChannel/properties/host/type",keyword:"type",params:{type: "string"},schema:schema107.properties.host.type,parentSchema:schema107.properties.host,data:data4};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.port !== undefined){
let data5 = data.port;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err19 = {instancePath:instancePath+"/port",schemaPath:"#/definitions/emailChannel/properties/port/type",keyword:"type",params:{type: "integer"},schema:schema107.properties.port.type,parentSchema:schema107.properties.port,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 65535 || isNaN(data5)){
const err20 = {instancePath:instancePath+"/port",schemaPath:"#/definitions/emailChannel/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},schema:65535,parentSchema:schema107.properties.port,data:data5};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data5 < 1 || isNaN(data5)){
const err21 = {instancePath:instancePath+"/port",schemaPath:"#/definitions/emailChannel/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema107.properties.port,data:data5};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
if(data.security !== undefined){
let data6 = data.security;
if(typeof data6 !== "string"){
const err22 = {instancePath:instancePath+"/security",schemaPath:"#/definitions/emailChannel/properties/security/type",keyword:"type",params:{type: "string"},schema:schema107.properties.security.type,parentSchema:schema107.properties.security,data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!(((data6 === "starttls") || (data6 === "tls")) || (data6 === "none"))){
const err23 = {instancePath:instancePath+"/security",schemaPath:"#/definitions/emailChannel/properties/security/enum",keyword:"enum",params:{allowedValues: schema107.properties.security.enum},schema:schema107.properties.security.enum,parentSchema:schema107.properties.security,data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.user !== undefined){
let data7 = data.user;
if(typeof data7 !== "string"){
const err24 = {instancePath:instancePath+"/user",schemaPath:"#/definitions/emailChannel/properties/user/type",keyword:"type",params:{type: "string"},schema:schema107.properties.user.type,parentSchema:schema107.properties.user,data:data7};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.password !== undefined){
let data8 = data.password;
if(typeof data8 !== "string"){
const err25 = {instancePath:instancePath+"/password",schemaPath:"#/definitions/emailChannel/properties/password/type",keyword:"type",params:{type: "string"},schema:schema107.properties.password.type,parentSchema:schema107.properties.password,data:data8};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.from !== undefined){
let data9 = data.from;
if(typeof data9 === "string"){
if(!pattern88.test(data9)){
const err26 = {instancePath:instancePath+"/from",schemaPath:"#/definitions/emailChannel/properties/from/pattern",keyword:"pattern",params:{pattern: "^[^\\r\\n]*@[^\\r\\n]+$"},schema:"^[^\\r\\n]*@[^\\r\\n]+$",parentSchema:schema107.properties.from,data:data9};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/from",schemaPath:"#/definitions/emailChannel/properties/from/type",keyword:"type",params:{type: "string"},schema:schema107.properties.from.type,parentSchema:schema107.properties.from,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.to !== undefined){
let data10 = data.to;
if(Array.isArray(data10)){
if(data10.length < 1){
const err28 = {instancePath:instancePath+"/to",schemaPath:"#/definitions/emailChannel/properties/to/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema107.properties.to,data:data10};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
const len0 = data10.length;
for(let i0=0; i0<len0; i0++){
let data11 = data10[i0];
if(typeof data11 === "string"){
if(!pattern88.test(data11)){
const err29 = {instancePath:instancePath+"/to/" + i0,schemaPath:"#/definitions/emailChannel/properties/to/items/pattern",keyword:"pattern",params:{pattern: "^[^\\r\\n]*@[^\\r\\n]+$"},schema:"^[^\\r\\n]*@[^\\r\\n]+$",parentSchema:schema107.properties.to.items,data:data11};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/to/" + i0,schemaPath:"#/definitions/emailChannel/properties/to/items/type",keyword:"type",params:{type: "string"},schema:schema107.properties.to.items.type,parentSchema:schema107.properties.to.items,data:data11};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/to",schemaPath:"#/definitions/emailChannel/properties/to/type",keyword:"type",params:{type: "array"},schema:schema107.properties.to.type,parentSchema:schema107.properties.to,data:data10};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath,schemaPath:"#/definitions/emailChannel/type",keyword:"type",params:{type: "object"},schema:schema107.type,parentSchema:schema107,data};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else if(tag0 === "command"){
if(!(validate93(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate93.errors : appended(vErrors, validate93.errors);
errors = vErrors.length;
}
}
else {
const err33 = {instancePath,schemaPath:"#/discriminator",keyword:"discriminator",params:{error: "mapping", tag: "kind", tagValue: tag0},schema:schema103.discriminator,parentSchema:schema103,data};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath,schemaPath:"#/discriminator",keyword:"discriminator",params:{error: "tag", tag: "kind", tagValue: tag0},schema:schema103.discriminator,parentSchema:schema103,data};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema103.type,parentSchema:schema103,data};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
validate92.errors = vErrors;
return errors === 0;
}

const schema108 = {"title":"alert rule","type":"object","additionalProperties":false,"required":["on"],"properties":{"on":{"title":"alert name","type":"string","enum":["prerequisite_violation","data_integrity_failure","api_circuit_breaker_open","stale_option_chains","missing_equity_data","task_failed","error_rate","run_failed","run_missed"]},"severity":{"title":"severity","type":"string","enum":["info","warning","critical"]},"channels":{"title":"list of channels","type":"array","minItems":1,"items":{"$ref":"#/definitions/name"}},"repeat_after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"threshold":{"title":"percentage","type":"number","exclusiveMinimum":0,"exclusiveMaximum":100},"min_samples":{"title":"number of answers","type":"integer","minimum":1,"maximum":1000000},"max_age":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};

function validate96(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.on === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "on"},schema:schema108.required,parentSchema:schema108,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((((key0 === "on") || (key0 === "severity")) || (key0 === "channels")) || (key0 === "repeat_after")) || (key0 === "threshold")) || (key0 === "min_samples")) || (key0 === "max_age"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema108,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.on !== undefined){
let data0 = data.on;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/on",schemaPath:"#/properties/on/type",keyword:"type",params:{type: "string"},schema:schema108.properties.on.type,parentSchema:schema108.properties.on,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!(((((((((data0 === "prerequisite_violation") || (data0 === "data_integrity_failure")) || (data0 === "api_circuit_breaker_open")) || (data0 === "stale_option_chains")) || (data0 === "missing_equity_data")) || (data0 === "task_failed")) || (data0 === "error_rate")) || (data0 === "run_failed")) || (data0 === "run_missed"))){
const err3 = {instancePath:instancePath+"/on",schemaPath:"#/properties/on/enum",keyword:"enum",params:{allowedValues: schema108.properties.on.enum},schema:schema108.properties.on.enum,parentSchema:schema108.properties.on,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.severity !== undefined){
let data1 = data.severity;
if(typeof data1 !== "string"){
const err4 = {instancePath:instancePath+"/severity",schemaPath:"#/properties/severity/type",keyword:"type",params:{type: "string"},schema:schema108.properties.severity.type,parentSchema:schema108.properties.severity,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!(((data1 === "info") || (data1 === "warning")) || (data1 === "critical"))){
const err5 = {instancePath:instancePath+"/severity",schemaPath:"#/properties/severity/enum",keyword:"enum",params:{allowedValues: schema108.properties.severity.enum},schema:schema108.properties.severity.enum,parentSchema:schema108.properties.severity,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.channels !== undefined){
let data2 = data.channels;
if(Array.isArray(data2)){
if(data2.length < 1){
const err6 = {instancePath:instancePath+"/channels",schemaPath:"#/properties/channels/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema108.properties.channels,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(typeof data3 === "string"){
if(!pattern19.test(data3)){
const err7 = {instancePath:instancePath+"/channels/" + i0,schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/channels/" + i0,schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath:instancePath+"/channels",schemaPath:"#/properties/channels/type",keyword:"type",params:{type: "array"},schema:schema108.properties.channels.type,parentSchema:schema108.properties.channels,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.repeat_after !== undefined){
let data4 = data.repeat_after;
if(typeof data4 === "string"){
if(!pattern6.test(data4)){
const err10 = {instancePath:instancePath+"/repeat_after",schemaPath:"#/properties/repeat_after/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema108.properties.repeat_after,data:data4};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/repeat_after",schemaPath:"#/properties/repeat_after/type",keyword:"type",params:{type: "string"},schema:schema108.properties.repeat_after.type,parentSchema:schema108.properties.repeat_after,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.threshold !== undefined){
let data5 = data.threshold;
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 >= 100 || isNaN(data5)){
const err12 = {instancePath:instancePath+"/threshold",schemaPath:"#/properties/threshold/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 100},schema:100,parentSchema:schema108.properties.threshold,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data5 <= 0 || isNaN(data5)){
const err13 = {instancePath:instancePath+"/threshold",schemaPath:"#/properties/threshold/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema108.properties.threshold,data:data5};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/threshold",schemaPath:"#/properties/threshold/type",keyword:"type",params:{type: "number"},schema:schema108.properties.threshold.type,parentSchema:schema108.properties.threshold,data:data5};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.min_samples !== undefined){
let data6 = data.min_samples;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err15 = {instancePath:instancePath+"/min_samples",schemaPath:"#/properties/min_samples/type",keyword:"type",params:{type: "integer"},schema:schema108.properties.min_samples.type,parentSchema:schema108.properties.min_samples,data:data6};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 1000000 || isNaN(data6)){
const err16 = {instancePath:instancePath+"/min_samples",schemaPath:"#/properties/min_samples/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},schema:1000000,parentSchema:schema108.properties.min_samples,data:data6};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err17 = {instancePath:instancePath+"/min_samples",schemaPath:"#/properties/min_samples/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema108.properties.min_samples,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
if(data.max_age !== undefined){
let data7 = data.max_age;
if(typeof data7 === "string"){
if(!pattern6.test(data7)){
const err18 = {instancePath:instancePath+"/max_age",schemaPath:"#/properties/max_age/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema108.properties.max_age,data:data7};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/max_age",schemaPath:"#/properties/max_age/type",keyword:"type",params:{type: "string"},schema:schema108.properties.max_age.type,parentSchema:schema108.properties.max_age,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema108.type,parentSchema:schema108,data};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
validate96.errors = vErrors;
return errors === 0;
}


function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="pipeline.schema.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.steps === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "steps"},schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$"},schema:"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$",parentSchema:schema11.properties.name,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},schema:schema11.properties.name.type,parentSchema:schema11.properties.name,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.description !== undefined){
let data1 = data.description;
if(typeof data1 !== "string"){
const err5 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"},schema:schema11.properties.description.type,parentSchema:schema11.properties.description,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.include !== undefined){
if(!(validate11(data.include, {instancePath:instancePath+"/include",parentData:data,parentDataProperty:"include",rootData}))){
vErrors = vErrors === null ? validate11.errors : appended(vErrors, validate11.errors);
errors = vErrors.length;
}
}
if(data.provider !== undefined){
let data3 = data.provider;
if(typeof data3 !== "string"){
const err6 = {instancePath:instancePath+"/provider",schemaPath:"#/properties/provider/type",keyword:"type",params:{type: "string"},schema:schema11.properties.provider.type,parentSchema:schema11.properties.provider,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!(((((data3 === "auto") || (data3 === "mock")) || (data3 === "synthetic")) || (data3 === "ib")) || (data3 === "kite"))){
const err7 = {instancePath:instancePath+"/provider",schemaPath:"#/properties/provider/enum",keyword:"enum",params:{allowedValues: schema11.properties.provider.enum},schema:schema11.properties.provider.enum,parentSchema:schema11.properties.provider,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.calendar !== undefined){
let data4 = data.calendar;
if(typeof data4 === "string"){
if(!pattern3.test(data4)){
const err8 = {instancePath:instancePath+"/calendar",schemaPath:"#/properties/calendar/pattern",keyword:"pattern",params:{pattern: "^[A-Z0-9]{4}$"},schema:"^[A-Z0-9]{4}$",parentSchema:schema11.properties.calendar,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/calendar",schemaPath:"#/properties/calendar/type",keyword:"type",params:{type: "string"},schema:schema11.properties.calendar.type,parentSchema:schema11.properties.calendar,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.schedule !== undefined){
let data5 = data.schedule;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key1 in data5){
if(!(func2.call(schema11.properties.schedule.properties, key1))){
const err10 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},schema:false,parentSchema:schema11.properties.schedule,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data5.cron !== undefined){
let data6 = data5.cron;
if(typeof data6 === "string"){
if(!pattern4.test(data6)){
const err11 = {instancePath:instancePath+"/schedule/cron",schemaPath:"#/definitions/cron/pattern",keyword:"pattern",params:{pattern: "^\\S.*$"},schema:"^\\S.*$",parentSchema:schema15,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/schedule/cron",schemaPath:"#/definitions/cron/type",keyword:"type",params:{type: "string"},schema:schema15.type,parentSchema:schema15,data:data6};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data5.timezone !== undefined){
let data7 = data5.timezone;
if(typeof data7 === "string"){
if(!pattern5.test(data7)){
const err13 = {instancePath:instancePath+"/schedule/timezone",schemaPath:"#/properties/schedule/properties/timezone/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_+/-]+$"},schema:"^[A-Za-z0-9_+/-]+$",parentSchema:schema11.properties.schedule.properties.timezone,data:data7};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/schedule/timezone",schemaPath:"#/properties/schedule/properties/timezone/type",keyword:"type",params:{type: "string"},schema:schema11.properties.schedule.properties.timezone.type,parentSchema:schema11.properties.schedule.properties.timezone,data:data7};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data5.every !== undefined){
let data8 = data5.every;
if(typeof data8 === "string"){
if(!pattern6.test(data8)){
const err15 = {instancePath:instancePath+"/schedule/every",schemaPath:"#/properties/schedule/properties/every/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema11.properties.schedule.properties.every,data:data8};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/schedule/every",schemaPath:"#/properties/schedule/properties/every/type",keyword:"type",params:{type: "string"},schema:schema11.properties.schedule.properties.every.type,parentSchema:schema11.properties.schedule.properties.every,data:data8};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data5.market_hours !== undefined){
let data9 = data5.market_hours;
if(typeof data9 !== "boolean"){
const err17 = {instancePath:instancePath+"/schedule/market_hours",schemaPath:"#/properties/schedule/properties/market_hours/type",keyword:"type",params:{type: "boolean"},schema:schema11.properties.schedule.properties.market_hours.type,parentSchema:schema11.properties.schedule.properties.market_hours,data:data9};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data5.calendar !== undefined){
let data10 = data5.calendar;
if(typeof data10 === "string"){
if(!pattern3.test(data10)){
const err18 = {instancePath:instancePath+"/schedule/calendar",schemaPath:"#/properties/schedule/properties/calendar/pattern",keyword:"pattern",params:{pattern: "^[A-Z0-9]{4}$"},schema:"^[A-Z0-9]{4}$",parentSchema:schema11.properties.schedule.properties.calendar,data:data10};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/schedule/calendar",schemaPath:"#/properties/schedule/properties/calendar/type",keyword:"type",params:{type: "string"},schema:schema11.properties.schedule.properties.calendar.type,parentSchema:schema11.properties.schedule.properties.calendar,data:data10};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data5.max_cycles !== undefined){
let data11 = data5.max_cycles;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err20 = {instancePath:instancePath+"/schedule/max_cycles",schemaPath:"#/properties/schedule/properties/max_cycles/type",keyword:"type",params:{type: "integer"},schema:schema11.properties.schedule.properties.max_cycles.type,parentSchema:schema11.properties.schedule.properties.max_cycles,data:data11};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1000000000 || isNaN(data11)){
const err21 = {instancePath:instancePath+"/schedule/max_cycles",schemaPath:"#/properties/schedule/properties/max_cycles/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000},schema:1000000000,parentSchema:schema11.properties.schedule.properties.max_cycles,data:data11};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data11 < 1 || isNaN(data11)){
const err22 = {instancePath:instancePath+"/schedule/max_cycles",schemaPath:"#/properties/schedule/properties/max_cycles/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema11.properties.schedule.properties.max_cycles,data:data11};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
if(data5.catch_up !== undefined){
let data12 = data5.catch_up;
if(typeof data12 !== "string"){
const err23 = {instancePath:instancePath+"/schedule/catch_up",schemaPath:"#/properties/schedule/properties/catch_up/type",keyword:"type",params:{type: "string"},schema:schema11.properties.schedule.properties.catch_up.type,parentSchema:schema11.properties.schedule.properties.catch_up,data:data12};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!(((data12 === "none") || (data12 === "last")) || (data12 === "all"))){
const err24 = {instancePath:instancePath+"/schedule/catch_up",schemaPath:"#/properties/schedule/properties/catch_up/enum",keyword:"enum",params:{allowedValues: schema11.properties.schedule.properties.catch_up.enum},schema:schema11.properties.schedule.properties.catch_up.enum,parentSchema:schema11.properties.schedule.properties.catch_up,data:data12};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data5.overlap !== undefined){
let data13 = data5.overlap;
if(typeof data13 !== "string"){
const err25 = {instancePath:instancePath+"/schedule/overlap",schemaPath:"#/properties/schedule/properties/overlap/type",keyword:"type",params:{type: "string"},schema:schema11.properties.schedule.properties.overlap.type,parentSchema:schema11.properties.schedule.properties.overlap,data:data13};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(!((data13 === "skip") || (data13 === "queue"))){
const err26 = {instancePath:instancePath+"/schedule/overlap",schemaPath:"#/properties/schedule/properties/overlap/enum",keyword:"enum",params:{allowedValues: schema11.properties.schedule.properties.overlap.enum},schema:schema11.properties.schedule.properties.overlap.enum,parentSchema:schema11.properties.schedule.properties.overlap,data:data13};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data5.jitter !== undefined){
let data14 = data5.jitter;
if(typeof data14 === "string"){
if(!pattern6.test(data14)){
const err27 = {instancePath:instancePath+"/schedule/jitter",schemaPath:"#/properties/schedule/properties/jitter/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema11.properties.schedule.properties.jitter,data:data14};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/schedule/jitter",schemaPath:"#/properties/schedule/properties/jitter/type",keyword:"type",params:{type: "string"},schema:schema11.properties.schedule.properties.jitter.type,parentSchema:schema11.properties.schedule.properties.jitter,data:data14};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "object"},schema:schema11.properties.schedule.type,parentSchema:schema11.properties.schedule,data:data5};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.defaults !== undefined){
let data15 = data.defaults;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key2 in data15){
if(!((key2 === "symbols") || (key2 === "steps"))){
const err30 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},schema:false,parentSchema:schema11.properties.defaults,data:data15};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data15.symbols !== undefined){
let data16 = data15.symbols;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key3 in data16){
if(!((((key3 === "kind") || (key3 === "exchange")) || (key3 === "currency")) || (key3 === "priority"))){
const err31 = {instancePath:instancePath+"/defaults/symbols",schemaPath:"#/properties/defaults/properties/symbols/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},schema:false,parentSchema:schema11.properties.defaults.properties.symbols,data:data16};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data16.kind !== undefined){
let data17 = data16.kind;
if(typeof data17 !== "string"){
const err32 = {instancePath:instancePath+"/defaults/symbols/kind",schemaPath:"#/definitions/kind/type",keyword:"type",params:{type: "string"},schema:schema16.type,parentSchema:schema16,data:data17};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(!((((data17 === "stock") || (data17 === "etf")) || (data17 === "index")) || (data17 === "future"))){
const err33 = {instancePath:instancePath+"/defaults/symbols/kind",schemaPath:"#/definitions/kind/enum",keyword:"enum",params:{allowedValues: schema16.enum},schema:schema16.enum,parentSchema:schema16,data:data17};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data16.exchange !== undefined){
let data18 = data16.exchange;
if(typeof data18 !== "string"){
const err34 = {instancePath:instancePath+"/defaults/symbols/exchange",schemaPath:"#/definitions/exchange/type",keyword:"type",params:{type: "string"},schema:schema17.type,parentSchema:schema17,data:data18};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(!((((((((((((((data18 === "SMART") || (data18 === "NYSE")) || (data18 === "ARCA")) || (data18 === "AMEX")) || (data18 === "BATS")) || (data18 === "CBOE")) || (data18 === "NASDAQ")) || (data18 === "ASX")) || (data18 === "NSE")) || (data18 === "BSE")) || (data18 === "CME")) || (data18 === "CBOT")) || (data18 === "NYMEX")) || (data18 === "COMEX"))){
const err35 = {instancePath:instancePath+"/defaults/symbols/exchange",schemaPath:"#/definitions/exchange/enum",keyword:"enum",params:{allowedValues: schema17.enum},schema:schema17.enum,parentSchema:schema17,data:data18};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data16.currency !== undefined){
let data19 = data16.currency;
if(typeof data19 === "string"){
if(!pattern9.test(data19)){
const err36 = {instancePath:instancePath+"/defaults/symbols/currency",schemaPath:"#/definitions/currency/pattern",keyword:"pattern",params:{pattern: "^[A-Z]{3}$"},schema:"^[A-Z]{3}$",parentSchema:schema18,data:data19};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/defaults/symbols/currency",schemaPath:"#/definitions/currency/type",keyword:"type",params:{type: "string"},schema:schema18.type,parentSchema:schema18,data:data19};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data16.priority !== undefined){
let data20 = data16.priority;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err38 = {instancePath:instancePath+"/defaults/symbols/priority",schemaPath:"#/definitions/priority/type",keyword:"type",params:{type: "integer"},schema:schema19.type,parentSchema:schema19,data:data20};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 9 || isNaN(data20)){
const err39 = {instancePath:instancePath+"/defaults/symbols/priority",schemaPath:"#/definitions/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9},schema:9,parentSchema:schema19,data:data20};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if(data20 < 1 || isNaN(data20)){
const err40 = {instancePath:instancePath+"/defaults/symbols/priority",schemaPath:"#/definitions/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema19,data:data20};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
}
else {
const err41 = {instancePath:instancePath+"/defaults/symbols",schemaPath:"#/properties/defaults/properties/symbols/type",keyword:"type",params:{type: "object"},schema:schema11.properties.defaults.properties.symbols.type,parentSchema:schema11.properties.defaults.properties.symbols,data:data16};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data15.steps !== undefined){
let data21 = data15.steps;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
for(const key4 in data21){
if(!((((((((key4 === "refresh") || (key4 === "bar_size")) || (key4 === "price_type")) || (key4 === "what")) || (key4 === "hours")) || (key4 === "lookback")) || (key4 === "revision_window")) || (key4 === "timeout"))){
const err42 = {instancePath:instancePath+"/defaults/steps",schemaPath:"#/properties/defaults/properties/steps/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},schema:false,parentSchema:schema11.properties.defaults.properties.steps,data:data21};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data21.refresh !== undefined){
let data22 = data21.refresh;
if(typeof data22 === "string"){
if(!pattern6.test(data22)){
const err43 = {instancePath:instancePath+"/defaults/steps/refresh",schemaPath:"#/properties/defaults/properties/steps/properties/refresh/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema11.properties.defaults.properties.steps.properties.refresh,data:data22};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/defaults/steps/refresh",schemaPath:"#/properties/defaults/properties/steps/properties/refresh/type",keyword:"type",params:{type: "string"},schema:schema11.properties.defaults.properties.steps.properties.refresh.type,parentSchema:schema11.properties.defaults.properties.steps.properties.refresh,data:data22};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data21.bar_size !== undefined){
if(!(validate13(data21.bar_size, {instancePath:instancePath+"/defaults/steps/bar_size",parentData:data21,parentDataProperty:"bar_size",rootData}))){
vErrors = vErrors === null ? validate13.errors : appended(vErrors, validate13.errors);
errors = vErrors.length;
}
}
if(data21.price_type !== undefined){
let data24 = data21.price_type;
if(typeof data24 !== "string"){
const err45 = {instancePath:instancePath+"/defaults/steps/price_type",schemaPath:"#/properties/defaults/properties/steps/properties/price_type/type",keyword:"type",params:{type: "string"},schema:schema11.properties.defaults.properties.steps.properties.price_type.type,parentSchema:schema11.properties.defaults.properties.steps.properties.price_type,data:data24};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(!(((((data24 === "TRADES") || (data24 === "MIDPOINT")) || (data24 === "BID")) || (data24 === "ASK")) || (data24 === "BID_ASK"))){
const err46 = {instancePath:instancePath+"/defaults/steps/price_type",schemaPath:"#/properties/defaults/properties/steps/properties/price_type/enum",keyword:"enum",params:{allowedValues: schema11.properties.defaults.properties.steps.properties.price_type.enum},schema:schema11.properties.defaults.properties.steps.properties.price_type.enum,parentSchema:schema11.properties.defaults.properties.steps.properties.price_type,data:data24};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data21.what !== undefined){
let data25 = data21.what;
if(typeof data25 !== "string"){
const err47 = {instancePath:instancePath+"/defaults/steps/what",schemaPath:"#/properties/defaults/properties/steps/properties/what/type",keyword:"type",params:{type: "string"},schema:schema11.properties.defaults.properties.steps.properties.what.type,parentSchema:schema11.properties.defaults.properties.steps.properties.what,data:data25};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(!(((((data25 === "TRADES") || (data25 === "MIDPOINT")) || (data25 === "BID")) || (data25 === "ASK")) || (data25 === "BID_ASK"))){
const err48 = {instancePath:instancePath+"/defaults/steps/what",schemaPath:"#/properties/defaults/properties/steps/properties/what/enum",keyword:"enum",params:{allowedValues: schema11.properties.defaults.properties.steps.properties.what.enum},schema:schema11.properties.defaults.properties.steps.properties.what.enum,parentSchema:schema11.properties.defaults.properties.steps.properties.what,data:data25};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data21.hours !== undefined){
let data26 = data21.hours;
if(typeof data26 !== "string"){
const err49 = {instancePath:instancePath+"/defaults/steps/hours",schemaPath:"#/definitions/hours/type",keyword:"type",params:{type: "string"},schema:schema23.type,parentSchema:schema23,data:data26};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(!((data26 === "rth") || (data26 === "all"))){
const err50 = {instancePath:instancePath+"/defaults/steps/hours",schemaPath:"#/definitions/hours/enum",keyword:"enum",params:{allowedValues: schema23.enum},schema:schema23.enum,parentSchema:schema23,data:data26};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data21.lookback !== undefined){
let data27 = data21.lookback;
if(typeof data27 === "string"){
if(!pattern11.test(data27)){
const err51 = {instancePath:instancePath+"/defaults/steps/lookback",schemaPath:"#/properties/defaults/properties/steps/properties/lookback/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,5} ?(d|w|mo|y|sessions?)$"},schema:"^[0-9]{1,5} ?(d|w|mo|y|sessions?)$",parentSchema:schema11.properties.defaults.properties.steps.properties.lookback,data:data27};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/defaults/steps/lookback",schemaPath:"#/properties/defaults/properties/steps/properties/lookback/type",keyword:"type",params:{type: "string"},schema:schema11.properties.defaults.properties.steps.properties.lookback.type,parentSchema:schema11.properties.defaults.properties.steps.properties.lookback,data:data27};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data21.revision_window !== undefined){
let data28 = data21.revision_window;
if(typeof data28 === "string"){
if(!pattern6.test(data28)){
const err53 = {instancePath:instancePath+"/defaults/steps/revision_window",schemaPath:"#/properties/defaults/properties/steps/properties/revision_window/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema11.properties.defaults.properties.steps.properties.revision_window,data:data28};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
else {
const err54 = {instancePath:instancePath+"/defaults/steps/revision_window",schemaPath:"#/properties/defaults/properties/steps/properties/revision_window/type",keyword:"type",params:{type: "string"},schema:schema11.properties.defaults.properties.steps.properties.revision_window.type,parentSchema:schema11.properties.defaults.properties.steps.properties.revision_window,data:data28};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data21.timeout !== undefined){
let data29 = data21.timeout;
if(typeof data29 === "string"){
if(!pattern6.test(data29)){
const err55 = {instancePath:instancePath+"/defaults/steps/timeout",schemaPath:"#/definitions/taskTimeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema24,data:data29};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/defaults/steps/timeout",schemaPath:"#/definitions/taskTimeout/type",keyword:"type",params:{type: "string"},schema:schema24.type,parentSchema:schema24,data:data29};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
else {
const err57 = {instancePath:instancePath+"/defaults/steps",schemaPath:"#/properties/defaults/properties/steps/type",keyword:"type",params:{type: "object"},schema:schema11.properties.defaults.properties.steps.type,parentSchema:schema11.properties.defaults.properties.steps,data:data21};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/type",keyword:"type",params:{type: "object"},schema:schema11.properties.defaults.type,parentSchema:schema11.properties.defaults,data:data15};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data.symbols !== undefined){
if(!(validate15(data.symbols, {instancePath:instancePath+"/symbols",parentData:data,parentDataProperty:"symbols",rootData}))){
vErrors = vErrors === null ? validate15.errors : appended(vErrors, validate15.errors);
errors = vErrors.length;
}
}
if(data.groups !== undefined){
let data31 = data.groups;
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
for(const key5 in data31){
const _errs74 = errors;
if(typeof key5 === "string"){
if(!pattern19.test(key5)){
const err59 = {instancePath:instancePath+"/groups",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data:key5,propertyName:key5};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
else {
const err60 = {instancePath:instancePath+"/groups",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data:key5,propertyName:key5};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
var valid12 = _errs74 === errors;
if(!valid12){
const err61 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/propertyNames",keyword:"propertyNames",params:{propertyName: key5},schema:schema11.properties.groups.propertyNames,parentSchema:schema11.properties.groups,data:data31};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
for(const key6 in data31){
if(!(validate21(data31[key6], {instancePath:instancePath+"/groups/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data31,parentDataProperty:key6,rootData}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
}
else {
const err62 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "object"},schema:schema11.properties.groups.type,parentSchema:schema11.properties.groups,data:data31};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data.steps !== undefined){
if(!(validate25(data.steps, {instancePath:instancePath+"/steps",parentData:data,parentDataProperty:"steps",rootData}))){
vErrors = vErrors === null ? validate25.errors : appended(vErrors, validate25.errors);
errors = vErrors.length;
}
}
if(data.pacing !== undefined){
if(!(validate70(data.pacing, {instancePath:instancePath+"/pacing",parentData:data,parentDataProperty:"pacing",rootData}))){
vErrors = vErrors === null ? validate70.errors : appended(vErrors, validate70.errors);
errors = vErrors.length;
}
}
if(data.retry !== undefined){
let data35 = data.retry;
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
for(const key7 in data35){
if(!((((key7 === "attempts") || (key7 === "delay")) || (key7 === "max_delay")) || (key7 === "timeout"))){
const err63 = {instancePath:instancePath+"/retry",schemaPath:"#/definitions/retry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},schema:false,parentSchema:schema85,data:data35};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data35.attempts !== undefined){
let data36 = data35.attempts;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
const err64 = {instancePath:instancePath+"/retry/attempts",schemaPath:"#/definitions/retry/properties/attempts/type",keyword:"type",params:{type: "integer"},schema:schema85.properties.attempts.type,parentSchema:schema85.properties.attempts,data:data36};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 20 || isNaN(data36)){
const err65 = {instancePath:instancePath+"/retry/attempts",schemaPath:"#/definitions/retry/properties/attempts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 20},schema:20,parentSchema:schema85.properties.attempts,data:data36};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data36 < 1 || isNaN(data36)){
const err66 = {instancePath:instancePath+"/retry/attempts",schemaPath:"#/definitions/retry/properties/attempts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema85.properties.attempts,data:data36};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
if(data35.delay !== undefined){
let data37 = data35.delay;
if(typeof data37 === "string"){
if(!pattern6.test(data37)){
const err67 = {instancePath:instancePath+"/retry/delay",schemaPath:"#/definitions/retry/properties/delay/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema85.properties.delay,data:data37};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/retry/delay",schemaPath:"#/definitions/retry/properties/delay/type",keyword:"type",params:{type: "string"},schema:schema85.properties.delay.type,parentSchema:schema85.properties.delay,data:data37};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data35.max_delay !== undefined){
let data38 = data35.max_delay;
if(typeof data38 === "string"){
if(!pattern6.test(data38)){
const err69 = {instancePath:instancePath+"/retry/max_delay",schemaPath:"#/definitions/retry/properties/max_delay/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema85.properties.max_delay,data:data38};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath:instancePath+"/retry/max_delay",schemaPath:"#/definitions/retry/properties/max_delay/type",keyword:"type",params:{type: "string"},schema:schema85.properties.max_delay.type,parentSchema:schema85.properties.max_delay,data:data38};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data35.timeout !== undefined){
let data39 = data35.timeout;
if(typeof data39 === "string"){
if(!pattern6.test(data39)){
const err71 = {instancePath:instancePath+"/retry/timeout",schemaPath:"#/definitions/retry/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema85.properties.timeout,data:data39};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
else {
const err72 = {instancePath:instancePath+"/retry/timeout",schemaPath:"#/definitions/retry/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema85.properties.timeout.type,parentSchema:schema85.properties.timeout,data:data39};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
else {
const err73 = {instancePath:instancePath+"/retry",schemaPath:"#/definitions/retry/type",keyword:"type",params:{type: "object"},schema:schema85.type,parentSchema:schema85,data:data35};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data.breaker !== undefined){
let data40 = data.breaker;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key8 in data40){
if(!((key8 === "threshold") || (key8 === "cooldown"))){
const err74 = {instancePath:instancePath+"/breaker",schemaPath:"#/definitions/breaker/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},schema:false,parentSchema:schema86,data:data40};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data40.threshold !== undefined){
let data41 = data40.threshold;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
const err75 = {instancePath:instancePath+"/breaker/threshold",schemaPath:"#/definitions/breaker/properties/threshold/type",keyword:"type",params:{type: "integer"},schema:schema86.properties.threshold.type,parentSchema:schema86.properties.threshold,data:data41};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 > 1000 || isNaN(data41)){
const err76 = {instancePath:instancePath+"/breaker/threshold",schemaPath:"#/definitions/breaker/properties/threshold/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema86.properties.threshold,data:data41};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(data41 < 1 || isNaN(data41)){
const err77 = {instancePath:instancePath+"/breaker/threshold",schemaPath:"#/definitions/breaker/properties/threshold/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema86.properties.threshold,data:data41};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
}
if(data40.cooldown !== undefined){
let data42 = data40.cooldown;
if(typeof data42 === "string"){
if(!pattern6.test(data42)){
const err78 = {instancePath:instancePath+"/breaker/cooldown",schemaPath:"#/definitions/breaker/properties/cooldown/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema86.properties.cooldown,data:data42};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
else {
const err79 = {instancePath:instancePath+"/breaker/cooldown",schemaPath:"#/definitions/breaker/properties/cooldown/type",keyword:"type",params:{type: "string"},schema:schema86.properties.cooldown.type,parentSchema:schema86.properties.cooldown,data:data42};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
}
else {
const err80 = {instancePath:instancePath+"/breaker",schemaPath:"#/definitions/breaker/type",keyword:"type",params:{type: "object"},schema:schema86.type,parentSchema:schema86,data:data40};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data.parallel !== undefined){
let data43 = data.parallel;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
for(const key9 in data43){
if(!((key9 === "max_symbols") || (key9 === "timeout"))){
const err81 = {instancePath:instancePath+"/parallel",schemaPath:"#/definitions/parallel/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},schema:false,parentSchema:schema87,data:data43};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data43.max_symbols !== undefined){
let data44 = data43.max_symbols;
if(!(((typeof data44 == "number") && (!(data44 % 1) && !isNaN(data44))) && (isFinite(data44)))){
const err82 = {instancePath:instancePath+"/parallel/max_symbols",schemaPath:"#/definitions/parallel/properties/max_symbols/type",keyword:"type",params:{type: "integer"},schema:schema87.properties.max_symbols.type,parentSchema:schema87.properties.max_symbols,data:data44};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 > 10000 || isNaN(data44)){
const err83 = {instancePath:instancePath+"/parallel/max_symbols",schemaPath:"#/definitions/parallel/properties/max_symbols/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},schema:10000,parentSchema:schema87.properties.max_symbols,data:data44};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if(data44 < 1 || isNaN(data44)){
const err84 = {instancePath:instancePath+"/parallel/max_symbols",schemaPath:"#/definitions/parallel/properties/max_symbols/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema87.properties.max_symbols,data:data44};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
}
if(data43.timeout !== undefined){
let data45 = data43.timeout;
if(typeof data45 === "string"){
if(!pattern6.test(data45)){
const err85 = {instancePath:instancePath+"/parallel/timeout",schemaPath:"#/definitions/parallel/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema87.properties.timeout,data:data45};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/parallel/timeout",schemaPath:"#/definitions/parallel/properties/timeout/type",keyword:"type",params:{type: "string"},schema:schema87.properties.timeout.type,parentSchema:schema87.properties.timeout,data:data45};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
else {
const err87 = {instancePath:instancePath+"/parallel",schemaPath:"#/definitions/parallel/type",keyword:"type",params:{type: "object"},schema:schema87.type,parentSchema:schema87,data:data43};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data.analytics !== undefined){
if(!(validate80(data.analytics, {instancePath:instancePath+"/analytics",parentData:data,parentDataProperty:"analytics",rootData}))){
vErrors = vErrors === null ? validate80.errors : appended(vErrors, validate80.errors);
errors = vErrors.length;
}
}
if(data.providers !== undefined){
let data47 = data.providers;
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
for(const key10 in data47){
if(!((((key10 === "mock") || (key10 === "synthetic")) || (key10 === "ib")) || (key10 === "kite"))){
const err88 = {instancePath:instancePath+"/providers",schemaPath:"#/properties/providers/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},schema:false,parentSchema:schema11.properties.providers,data:data47};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data47.mock !== undefined){
if(!(validate82(data47.mock, {instancePath:instancePath+"/providers/mock",parentData:data47,parentDataProperty:"mock",rootData}))){
vErrors = vErrors === null ? validate82.errors : appended(vErrors, validate82.errors);
errors = vErrors.length;
}
}
if(data47.synthetic !== undefined){
let data49 = data47.synthetic;
if(data49 && typeof data49 == "object" && !Array.isArray(data49)){
for(const key11 in data49){
if(!(key11 === "scenario")){
const err89 = {instancePath:instancePath+"/providers/synthetic",schemaPath:"#/definitions/synthetic/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},schema:false,parentSchema:schema93,data:data49};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data49.scenario !== undefined){
let data50 = data49.scenario;
if(typeof data50 === "string"){
if(!pattern1.test(data50)){
const err90 = {instancePath:instancePath+"/providers/synthetic/scenario",schemaPath:"#/definitions/synthetic/properties/scenario/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema93.properties.scenario,data:data50};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
else {
const err91 = {instancePath:instancePath+"/providers/synthetic/scenario",schemaPath:"#/definitions/synthetic/properties/scenario/type",keyword:"type",params:{type: "string"},schema:schema93.properties.scenario.type,parentSchema:schema93.properties.scenario,data:data50};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
else {
const err92 = {instancePath:instancePath+"/providers/synthetic",schemaPath:"#/definitions/synthetic/type",keyword:"type",params:{type: "object"},schema:schema93.type,parentSchema:schema93,data:data49};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data47.ib !== undefined){
let data51 = data47.ib;
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
for(const key12 in data51){
if(!((((((key12 === "host") || (key12 === "port")) || (key12 === "client_id")) || (key12 === "account")) || (key12 === "market_data_type")) || (key12 === "allow_delayed"))){
const err93 = {instancePath:instancePath+"/providers/ib",schemaPath:"#/definitions/ib/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},schema:false,parentSchema:schema94,data:data51};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data51.host !== undefined){
let data52 = data51.host;
if(typeof data52 === "string"){
if(!pattern68.test(data52)){
const err94 = {instancePath:instancePath+"/providers/ib/host",schemaPath:"#/definitions/ib/properties/host/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9.:_-]{1,253}$"},schema:"^[A-Za-z0-9.:_-]{1,253}$",parentSchema:schema94.properties.host,data:data52};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/providers/ib/host",schemaPath:"#/definitions/ib/properties/host/type",keyword:"type",params:{type: "string"},schema:schema94.properties.host.type,parentSchema:schema94.properties.host,data:data52};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
if(data51.port !== undefined){
let data53 = data51.port;
if(!(((typeof data53 == "number") && (!(data53 % 1) && !isNaN(data53))) && (isFinite(data53)))){
const err96 = {instancePath:instancePath+"/providers/ib/port",schemaPath:"#/definitions/ib/properties/port/type",keyword:"type",params:{type: "integer"},schema:schema94.properties.port.type,parentSchema:schema94.properties.port,data:data53};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
if((typeof data53 == "number") && (isFinite(data53))){
if(data53 > 65535 || isNaN(data53)){
const err97 = {instancePath:instancePath+"/providers/ib/port",schemaPath:"#/definitions/ib/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},schema:65535,parentSchema:schema94.properties.port,data:data53};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(data53 < 1 || isNaN(data53)){
const err98 = {instancePath:instancePath+"/providers/ib/port",schemaPath:"#/definitions/ib/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema94.properties.port,data:data53};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
}
if(data51.client_id !== undefined){
let data54 = data51.client_id;
if(!(((typeof data54 == "number") && (!(data54 % 1) && !isNaN(data54))) && (isFinite(data54)))){
const err99 = {instancePath:instancePath+"/providers/ib/client_id",schemaPath:"#/definitions/ib/properties/client_id/type",keyword:"type",params:{type: "integer"},schema:schema94.properties.client_id.type,parentSchema:schema94.properties.client_id,data:data54};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if((typeof data54 == "number") && (isFinite(data54))){
if(data54 > 2147483647 || isNaN(data54)){
const err100 = {instancePath:instancePath+"/providers/ib/client_id",schemaPath:"#/definitions/ib/properties/client_id/maximum",keyword:"maximum",params:{comparison: "<=", limit: 2147483647},schema:2147483647,parentSchema:schema94.properties.client_id,data:data54};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
if(data54 < 0 || isNaN(data54)){
const err101 = {instancePath:instancePath+"/providers/ib/client_id",schemaPath:"#/definitions/ib/properties/client_id/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema94.properties.client_id,data:data54};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
if(data51.account !== undefined){
let data55 = data51.account;
if(typeof data55 === "string"){
if(!pattern69.test(data55)){
const err102 = {instancePath:instancePath+"/providers/ib/account",schemaPath:"#/definitions/ib/properties/account/pattern",keyword:"pattern",params:{pattern: "^[A-Z]{1,3}[0-9]{4,12}$"},schema:"^[A-Z]{1,3}[0-9]{4,12}$",parentSchema:schema94.properties.account,data:data55};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
else {
const err103 = {instancePath:instancePath+"/providers/ib/account",schemaPath:"#/definitions/ib/properties/account/type",keyword:"type",params:{type: "string"},schema:schema94.properties.account.type,parentSchema:schema94.properties.account,data:data55};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
if(data51.market_data_type !== undefined){
let data56 = data51.market_data_type;
if(typeof data56 !== "string"){
const err104 = {instancePath:instancePath+"/providers/ib/market_data_type",schemaPath:"#/definitions/ib/properties/market_data_type/type",keyword:"type",params:{type: "string"},schema:schema94.properties.market_data_type.type,parentSchema:schema94.properties.market_data_type,data:data56};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if(!((((data56 === "live") || (data56 === "frozen")) || (data56 === "delayed")) || (data56 === "delayed-frozen"))){
const err105 = {instancePath:instancePath+"/providers/ib/market_data_type",schemaPath:"#/definitions/ib/properties/market_data_type/enum",keyword:"enum",params:{allowedValues: schema94.properties.market_data_type.enum},schema:schema94.properties.market_data_type.enum,parentSchema:schema94.properties.market_data_type,data:data56};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
if(data51.allow_delayed !== undefined){
let data57 = data51.allow_delayed;
if(typeof data57 !== "boolean"){
const err106 = {instancePath:instancePath+"/providers/ib/allow_delayed",schemaPath:"#/definitions/ib/properties/allow_delayed/type",keyword:"type",params:{type: "boolean"},schema:schema94.properties.allow_delayed.type,parentSchema:schema94.properties.allow_delayed,data:data57};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
}
else {
const err107 = {instancePath:instancePath+"/providers/ib",schemaPath:"#/definitions/ib/type",keyword:"type",params:{type: "object"},schema:schema94.type,parentSchema:schema94,data:data51};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data47.kite !== undefined){
let data58 = data47.kite;
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
for(const key13 in data58){
if(!(((key13 === "base_url") || (key13 === "instruments_max_age")) || (key13 === "requests_per_second"))){
const err108 = {instancePath:instancePath+"/providers/kite",schemaPath:"#/definitions/kite/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},schema:false,parentSchema:schema95,data:data58};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data58.base_url !== undefined){
let data59 = data58.base_url;
if(typeof data59 === "string"){
if(!pattern70.test(data59)){
const err109 = {instancePath:instancePath+"/providers/kite/base_url",schemaPath:"#/definitions/kite/properties/base_url/pattern",keyword:"pattern",params:{pattern: "^https?://\\S+$"},schema:"^https?://\\S+$",parentSchema:schema95.properties.base_url,data:data59};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/providers/kite/base_url",schemaPath:"#/definitions/kite/properties/base_url/type",keyword:"type",params:{type: "string"},schema:schema95.properties.base_url.type,parentSchema:schema95.properties.base_url,data:data59};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data58.instruments_max_age !== undefined){
let data60 = data58.instruments_max_age;
if(typeof data60 === "string"){
if(!pattern6.test(data60)){
const err111 = {instancePath:instancePath+"/providers/kite/instruments_max_age",schemaPath:"#/definitions/kite/properties/instruments_max_age/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema95.properties.instruments_max_age,data:data60};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
else {
const err112 = {instancePath:instancePath+"/providers/kite/instruments_max_age",schemaPath:"#/definitions/kite/properties/instruments_max_age/type",keyword:"type",params:{type: "string"},schema:schema95.properties.instruments_max_age.type,parentSchema:schema95.properties.instruments_max_age,data:data60};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data58.requests_per_second !== undefined){
let data61 = data58.requests_per_second;
if(!(((typeof data61 == "number") && (!(data61 % 1) && !isNaN(data61))) && (isFinite(data61)))){
const err113 = {instancePath:instancePath+"/providers/kite/requests_per_second",schemaPath:"#/definitions/kite/properties/requests_per_second/type",keyword:"type",params:{type: "integer"},schema:schema95.properties.requests_per_second.type,parentSchema:schema95.properties.requests_per_second,data:data61};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if((typeof data61 == "number") && (isFinite(data61))){
if(data61 > 10 || isNaN(data61)){
const err114 = {instancePath:instancePath+"/providers/kite/requests_per_second",schemaPath:"#/definitions/kite/properties/requests_per_second/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10},schema:10,parentSchema:schema95.properties.requests_per_second,data:data61};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(data61 < 1 || isNaN(data61)){
const err115 = {instancePath:instancePath+"/providers/kite/requests_per_second",schemaPath:"#/definitions/kite/properties/requests_per_second/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema95.properties.requests_per_second,data:data61};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
}
}
else {
const err116 = {instancePath:instancePath+"/providers/kite",schemaPath:"#/definitions/kite/type",keyword:"type",params:{type: "object"},schema:schema95.type,parentSchema:schema95,data:data58};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
}
else {
const err117 = {instancePath:instancePath+"/providers",schemaPath:"#/properties/providers/type",keyword:"type",params:{type: "object"},schema:schema11.properties.providers.type,parentSchema:schema11.properties.providers,data:data47};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data.lineage !== undefined){
let data62 = data.lineage;
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
for(const key14 in data62){
if(!((key14 === "retention") || (key14 === "endpoint"))){
const err118 = {instancePath:instancePath+"/lineage",schemaPath:"#/properties/lineage/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14},schema:false,parentSchema:schema11.properties.lineage,data:data62};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data62.retention !== undefined){
let data63 = data62.retention;
if(typeof data63 === "string"){
if(!pattern6.test(data63)){
const err119 = {instancePath:instancePath+"/lineage/retention",schemaPath:"#/properties/lineage/properties/retention/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema11.properties.lineage.properties.retention,data:data63};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
else {
const err120 = {instancePath:instancePath+"/lineage/retention",schemaPath:"#/properties/lineage/properties/retention/type",keyword:"type",params:{type: "string"},schema:schema11.properties.lineage.properties.retention.type,parentSchema:schema11.properties.lineage.properties.retention,data:data63};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(data62.endpoint !== undefined){
let data64 = data62.endpoint;
if(typeof data64 === "string"){
if(!pattern70.test(data64)){
const err121 = {instancePath:instancePath+"/lineage/endpoint",schemaPath:"#/properties/lineage/properties/endpoint/pattern",keyword:"pattern",params:{pattern: "^https?://\\S+$"},schema:"^https?://\\S+$",parentSchema:schema11.properties.lineage.properties.endpoint,data:data64};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
else {
const err122 = {instancePath:instancePath+"/lineage/endpoint",schemaPath:"#/properties/lineage/properties/endpoint/type",keyword:"type",params:{type: "string"},schema:schema11.properties.lineage.properties.endpoint.type,parentSchema:schema11.properties.lineage.properties.endpoint,data:data64};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
}
else {
const err123 = {instancePath:instancePath+"/lineage",schemaPath:"#/properties/lineage/type",keyword:"type",params:{type: "object"},schema:schema11.properties.lineage.type,parentSchema:schema11.properties.lineage,data:data62};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
if(data.metrics !== undefined){
let data65 = data.metrics;
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
for(const key15 in data65){
if(!((key15 === "prefix") || (key15 === "symbol_label"))){
const err124 = {instancePath:instancePath+"/metrics",schemaPath:"#/properties/metrics/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15},schema:false,parentSchema:schema11.properties.metrics,data:data65};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
if(data65.prefix !== undefined){
let data66 = data65.prefix;
if(typeof data66 === "string"){
if(!pattern74.test(data66)){
const err125 = {instancePath:instancePath+"/metrics/prefix",schemaPath:"#/properties/metrics/properties/prefix/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z_][a-zA-Z0-9_]{0,31}$"},schema:"^[a-zA-Z_][a-zA-Z0-9_]{0,31}$",parentSchema:schema11.properties.metrics.properties.prefix,data:data66};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
else {
const err126 = {instancePath:instancePath+"/metrics/prefix",schemaPath:"#/properties/metrics/properties/prefix/type",keyword:"type",params:{type: "string"},schema:schema11.properties.metrics.properties.prefix.type,parentSchema:schema11.properties.metrics.properties.prefix,data:data66};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(data65.symbol_label !== undefined){
let data67 = data65.symbol_label;
if(typeof data67 === "string"){
if(!pattern74.test(data67)){
const err127 = {instancePath:instancePath+"/metrics/symbol_label",schemaPath:"#/properties/metrics/properties/symbol_label/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z_][a-zA-Z0-9_]{0,31}$"},schema:"^[a-zA-Z_][a-zA-Z0-9_]{0,31}$",parentSchema:schema11.properties.metrics.properties.symbol_label,data:data67};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/metrics/symbol_label",schemaPath:"#/properties/metrics/properties/symbol_label/type",keyword:"type",params:{type: "string"},schema:schema11.properties.metrics.properties.symbol_label.type,parentSchema:schema11.properties.metrics.properties.symbol_label,data:data67};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
else {
const err129 = {instancePath:instancePath+"/metrics",schemaPath:"#/properties/metrics/type",keyword:"type",params:{type: "object"},schema:schema11.properties.metrics.type,parentSchema:schema11.properties.metrics,data:data65};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data.logs !== undefined){
let data68 = data.logs;
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
for(const key16 in data68){
if(!((((key16 === "file") || (key16 === "level")) || (key16 === "max_size")) || (key16 === "max_files"))){
const err130 = {instancePath:instancePath+"/logs",schemaPath:"#/properties/logs/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16},schema:false,parentSchema:schema11.properties.logs,data:data68};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
if(data68.file !== undefined){
let data69 = data68.file;
if(typeof data69 === "string"){
if(!pattern1.test(data69)){
const err131 = {instancePath:instancePath+"/logs/file",schemaPath:"#/properties/logs/properties/file/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema11.properties.logs.properties.file,data:data69};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
else {
const err132 = {instancePath:instancePath+"/logs/file",schemaPath:"#/properties/logs/properties/file/type",keyword:"type",params:{type: "string"},schema:schema11.properties.logs.properties.file.type,parentSchema:schema11.properties.logs.properties.file,data:data69};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data68.level !== undefined){
let data70 = data68.level;
if(typeof data70 !== "string"){
const err133 = {instancePath:instancePath+"/logs/level",schemaPath:"#/properties/logs/properties/level/type",keyword:"type",params:{type: "string"},schema:schema11.properties.logs.properties.level.type,parentSchema:schema11.properties.logs.properties.level,data:data70};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
if(!((((data70 === "debug") || (data70 === "info")) || (data70 === "warn")) || (data70 === "error"))){
const err134 = {instancePath:instancePath+"/logs/level",schemaPath:"#/properties/logs/properties/level/enum",keyword:"enum",params:{allowedValues: schema11.properties.logs.properties.level.enum},schema:schema11.properties.logs.properties.level.enum,parentSchema:schema11.properties.logs.properties.level,data:data70};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data68.max_size !== undefined){
let data71 = data68.max_size;
if(typeof data71 === "string"){
if(!pattern77.test(data71)){
const err135 = {instancePath:instancePath+"/logs/max_size",schemaPath:"#/properties/logs/properties/max_size/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,8} ?(kB|KB|MB|GB)$"},schema:"^[1-9][0-9]{0,8} ?(kB|KB|MB|GB)$",parentSchema:schema11.properties.logs.properties.max_size,data:data71};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
else {
const err136 = {instancePath:instancePath+"/logs/max_size",schemaPath:"#/properties/logs/properties/max_size/type",keyword:"type",params:{type: "string"},schema:schema11.properties.logs.properties.max_size.type,parentSchema:schema11.properties.logs.properties.max_size,data:data71};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
if(data68.max_files !== undefined){
let data72 = data68.max_files;
if(!(((typeof data72 == "number") && (!(data72 % 1) && !isNaN(data72))) && (isFinite(data72)))){
const err137 = {instancePath:instancePath+"/logs/max_files",schemaPath:"#/properties/logs/properties/max_files/type",keyword:"type",params:{type: "integer"},schema:schema11.properties.logs.properties.max_files.type,parentSchema:schema11.properties.logs.properties.max_files,data:data72};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
if((typeof data72 == "number") && (isFinite(data72))){
if(data72 > 1000 || isNaN(data72)){
const err138 = {instancePath:instancePath+"/logs/max_files",schemaPath:"#/properties/logs/properties/max_files/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},schema:1000,parentSchema:schema11.properties.logs.properties.max_files,data:data72};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
if(data72 < 0 || isNaN(data72)){
const err139 = {instancePath:instancePath+"/logs/max_files",schemaPath:"#/properties/logs/properties/max_files/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema11.properties.logs.properties.max_files,data:data72};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
}
}
else {
const err140 = {instancePath:instancePath+"/logs",schemaPath:"#/properties/logs/type",keyword:"type",params:{type: "object"},schema:schema11.properties.logs.type,parentSchema:schema11.properties.logs,data:data68};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
if(data.hooks !== undefined){
let data73 = data.hooks;
if(data73 && typeof data73 == "object" && !Array.isArray(data73)){
for(const key17 in data73){
if(!((((((key17 === "before_run") || (key17 === "before_fetch")) || (key17 === "after_store")) || (key17 === "on_failure")) || (key17 === "on_cycle_complete")) || (key17 === "parallel"))){
const err141 = {instancePath:instancePath+"/hooks",schemaPath:"#/properties/hooks/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key17},schema:false,parentSchema:schema11.properties.hooks,data:data73};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(data73.before_run !== undefined){
let data74 = data73.before_run;
if(Array.isArray(data74)){
if(data74.length < 1){
const err142 = {instancePath:instancePath+"/hooks/before_run",schemaPath:"#/properties/hooks/properties/before_run/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema11.properties.hooks.properties.before_run,data:data74};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
const len0 = data74.length;
for(let i0=0; i0<len0; i0++){
if(!(validate84(data74[i0], {instancePath:instancePath+"/hooks/before_run/" + i0,parentData:data74,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate84.errors : appended(vErrors, validate84.errors);
errors = vErrors.length;
}
}
}
else {
const err143 = {instancePath:instancePath+"/hooks/before_run",schemaPath:"#/properties/hooks/properties/before_run/type",keyword:"type",params:{type: "array"},schema:schema11.properties.hooks.properties.before_run.type,parentSchema:schema11.properties.hooks.properties.before_run,data:data74};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
if(data73.before_fetch !== undefined){
let data76 = data73.before_fetch;
if(Array.isArray(data76)){
if(data76.length < 1){
const err144 = {instancePath:instancePath+"/hooks/before_fetch",schemaPath:"#/properties/hooks/properties/before_fetch/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema11.properties.hooks.properties.before_fetch,data:data76};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
const len1 = data76.length;
for(let i1=0; i1<len1; i1++){
if(!(validate86(data76[i1], {instancePath:instancePath+"/hooks/before_fetch/" + i1,parentData:data76,parentDataProperty:i1,rootData}))){
vErrors = vErrors === null ? validate86.errors : appended(vErrors, validate86.errors);
errors = vErrors.length;
}
}
}
else {
const err145 = {instancePath:instancePath+"/hooks/before_fetch",schemaPath:"#/properties/hooks/properties/before_fetch/type",keyword:"type",params:{type: "array"},schema:schema11.properties.hooks.properties.before_fetch.type,parentSchema:schema11.properties.hooks.properties.before_fetch,data:data76};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(data73.after_store !== undefined){
let data78 = data73.after_store;
if(Array.isArray(data78)){
if(data78.length < 1){
const err146 = {instancePath:instancePath+"/hooks/after_store",schemaPath:"#/properties/hooks/properties/after_store/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema11.properties.hooks.properties.after_store,data:data78};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
const len2 = data78.length;
for(let i2=0; i2<len2; i2++){
if(!(validate86(data78[i2], {instancePath:instancePath+"/hooks/after_store/" + i2,parentData:data78,parentDataProperty:i2,rootData}))){
vErrors = vErrors === null ? validate86.errors : appended(vErrors, validate86.errors);
errors = vErrors.length;
}
}
}
else {
const err147 = {instancePath:instancePath+"/hooks/after_store",schemaPath:"#/properties/hooks/properties/after_store/type",keyword:"type",params:{type: "array"},schema:schema11.properties.hooks.properties.after_store.type,parentSchema:schema11.properties.hooks.properties.after_store,data:data78};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
if(data73.on_failure !== undefined){
let data80 = data73.on_failure;
if(Array.isArray(data80)){
if(data80.length < 1){
const err148 = {instancePath:instancePath+"/hooks/on_failure",schemaPath:"#/properties/hooks/properties/on_failure/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema11.properties.hooks.properties.on_failure,data:data80};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
const len3 = data80.length;
for(let i3=0; i3<len3; i3++){
if(!(validate86(data80[i3], {instancePath:instancePath+"/hooks/on_failure/" + i3,parentData:data80,parentDataProperty:i3,rootData}))){
vErrors = vErrors === null ? validate86.errors : appended(vErrors, validate86.errors);
errors = vErrors.length;
}
}
}
else {
const err149 = {instancePath:instancePath+"/hooks/on_failure",schemaPath:"#/properties/hooks/properties/on_failure/type",keyword:"type",params:{type: "array"},schema:schema11.properties.hooks.properties.on_failure.type,parentSchema:schema11.properties.hooks.properties.on_failure,data:data80};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
if(data73.on_cycle_complete !== undefined){
let data82 = data73.on_cycle_complete;
if(Array.isArray(data82)){
if(data82.length < 1){
const err150 = {instancePath:instancePath+"/hooks/on_cycle_complete",schemaPath:"#/properties/hooks/properties/on_cycle_complete/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema11.properties.hooks.properties.on_cycle_complete,data:data82};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
const len4 = data82.length;
for(let i4=0; i4<len4; i4++){
if(!(validate90(data82[i4], {instancePath:instancePath+"/hooks/on_cycle_complete/" + i4,parentData:data82,parentDataProperty:i4,rootData}))){
vErrors = vErrors === null ? validate90.errors : appended(vErrors, validate90.errors);
errors = vErrors.length;
}
}
}
else {
const err151 = {instancePath:instancePath+"/hooks/on_cycle_complete",schemaPath:"#/properties/hooks/properties/on_cycle_complete/type",keyword:"type",params:{type: "array"},schema:schema11.properties.hooks.properties.on_cycle_complete.type,parentSchema:schema11.properties.hooks.properties.on_cycle_complete,data:data82};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
if(data73.parallel !== undefined){
let data84 = data73.parallel;
if(!(((typeof data84 == "number") && (!(data84 % 1) && !isNaN(data84))) && (isFinite(data84)))){
const err152 = {instancePath:instancePath+"/hooks/parallel",schemaPath:"#/properties/hooks/properties/parallel/type",keyword:"type",params:{type: "integer"},schema:schema11.properties.hooks.properties.parallel.type,parentSchema:schema11.properties.hooks.properties.parallel,data:data84};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
if((typeof data84 == "number") && (isFinite(data84))){
if(data84 > 64 || isNaN(data84)){
const err153 = {instancePath:instancePath+"/hooks/parallel",schemaPath:"#/properties/hooks/properties/parallel/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64},schema:64,parentSchema:schema11.properties.hooks.properties.parallel,data:data84};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
if(data84 < 1 || isNaN(data84)){
const err154 = {instancePath:instancePath+"/hooks/parallel",schemaPath:"#/properties/hooks/properties/parallel/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema11.properties.hooks.properties.parallel,data:data84};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
}
}
else {
const err155 = {instancePath:instancePath+"/hooks",schemaPath:"#/properties/hooks/type",keyword:"type",params:{type: "object"},schema:schema11.properties.hooks.type,parentSchema:schema11.properties.hooks,data:data73};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
if(data.alerts !== undefined){
let data85 = data.alerts;
if(data85 && typeof data85 == "object" && !Array.isArray(data85)){
for(const key18 in data85){
if(!(((key18 === "channels") || (key18 === "rules")) || (key18 === "repeat_after"))){
const err156 = {instancePath:instancePath+"/alerts",schemaPath:"#/properties/alerts/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key18},schema:false,parentSchema:schema11.properties.alerts,data:data85};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
if(data85.channels !== undefined){
let data86 = data85.channels;
if(data86 && typeof data86 == "object" && !Array.isArray(data86)){
for(const key19 in data86){
const _errs196 = errors;
if(typeof key19 === "string"){
if(!pattern19.test(key19)){
const err157 = {instancePath:instancePath+"/alerts/channels",schemaPath:"#/definitions/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},schema:"^[A-Za-z][A-Za-z0-9_-]{0,63}$",parentSchema:schema35,data:key19,propertyName:key19};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
else {
const err158 = {instancePath:instancePath+"/alerts/channels",schemaPath:"#/definitions/name/type",keyword:"type",params:{type: "string"},schema:schema35.type,parentSchema:schema35,data:key19,propertyName:key19};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
var valid43 = _errs196 === errors;
if(!valid43){
const err159 = {instancePath:instancePath+"/alerts/channels",schemaPath:"#/properties/alerts/properties/channels/propertyNames",keyword:"propertyNames",params:{propertyName: key19},schema:schema11.properties.alerts.properties.channels.propertyNames,parentSchema:schema11.properties.alerts.properties.channels,data:data86};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
for(const key20 in data86){
if(!(validate92(data86[key20], {instancePath:instancePath+"/alerts/channels/" + key20.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data86,parentDataProperty:key20,rootData}))){
vErrors = vErrors === null ? validate92.errors : appended(vErrors, validate92.errors);
errors = vErrors.length;
}
}
}
else {
const err160 = {instancePath:instancePath+"/alerts/channels",schemaPath:"#/properties/alerts/properties/channels/type",keyword:"type",params:{type: "object"},schema:schema11.properties.alerts.properties.channels.type,parentSchema:schema11.properties.alerts.properties.channels,data:data86};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
if(data85.rules !== undefined){
let data88 = data85.rules;
if(Array.isArray(data88)){
if(data88.length < 1){
const err161 = {instancePath:instancePath+"/alerts/rules",schemaPath:"#/properties/alerts/properties/rules/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema11.properties.alerts.properties.rules,data:data88};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
const len5 = data88.length;
for(let i5=0; i5<len5; i5++){
if(!(validate96(data88[i5], {instancePath:instancePath+"/alerts/rules/" + i5,parentData:data88,parentDataProperty:i5,rootData}))){
vErrors = vErrors === null ? validate96.errors : appended(vErrors, validate96.errors);
errors = vErrors.length;
}
}
}
else {
const err162 = {instancePath:instancePath+"/alerts/rules",schemaPath:"#/properties/alerts/properties/rules/type",keyword:"type",params:{type: "array"},schema:schema11.properties.alerts.properties.rules.type,parentSchema:schema11.properties.alerts.properties.rules,data:data88};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
}
if(data85.repeat_after !== undefined){
let data90 = data85.repeat_after;
if(typeof data90 === "string"){
if(!pattern6.test(data90)){
const err163 = {instancePath:instancePath+"/alerts/repeat_after",schemaPath:"#/properties/alerts/properties/repeat_after/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema11.properties.alerts.properties.repeat_after,data:data90};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
else {
const err164 = {instancePath:instancePath+"/alerts/repeat_after",schemaPath:"#/properties/alerts/properties/repeat_after/type",keyword:"type",params:{type: "string"},schema:schema11.properties.alerts.properties.repeat_after.type,parentSchema:schema11.properties.alerts.properties.repeat_after,data:data90};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
}
}
else {
const err165 = {instancePath:instancePath+"/alerts",schemaPath:"#/properties/alerts/type",keyword:"type",params:{type: "object"},schema:schema11.properties.alerts.type,parentSchema:schema11.properties.alerts,data:data85};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
if(data.panels !== undefined){
let data91 = data.panels;
if(data91 && typeof data91 == "object" && !Array.isArray(data91)){
for(const key21 in data91){
if(!(key21 === "folder")){
const err166 = {instancePath:instancePath+"/panels",schemaPath:"#/properties/panels/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key21},schema:false,parentSchema:schema11.properties.panels,data:data91};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
if(data91.folder !== undefined){
let data92 = data91.folder;
if(typeof data92 === "string"){
if(!pattern1.test(data92)){
const err167 = {instancePath:instancePath+"/panels/folder",schemaPath:"#/properties/panels/properties/folder/pattern",keyword:"pattern",params:{pattern: "^\\S(.*\\S)?$"},schema:"^\\S(.*\\S)?$",parentSchema:schema11.properties.panels.properties.folder,data:data92};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
else {
const err168 = {instancePath:instancePath+"/panels/folder",schemaPath:"#/properties/panels/properties/folder/type",keyword:"type",params:{type: "string"},schema:schema11.properties.panels.properties.folder.type,parentSchema:schema11.properties.panels.properties.folder,data:data92};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
}
else {
const err169 = {instancePath:instancePath+"/panels",schemaPath:"#/properties/panels/type",keyword:"type",params:{type: "object"},schema:schema11.properties.panels.type,parentSchema:schema11.properties.panels,data:data91};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
}
}
else {
const err170 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema11.type,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

function appended(errors, more) {
  for (const error of more) errors.push(error);
  return errors;
}
