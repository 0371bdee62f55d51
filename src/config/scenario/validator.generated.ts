// Generated from schemas/scenario.schema.json by scripts/schema.js; do not edit.
// @ts-nocheck
/* eslint-disable */
import type { ErrorObject } from 'ajv';
import type { ScenarioFile } from './schema.generated.js';

export const validate: { (value: unknown): value is ScenarioFile; errors?: readonly ErrorObject[] | null } = validate10;

const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"scenario.schema.json","title":"scenario","type":"object","additionalProperties":false,"required":["name","source"],"properties":{"name":{"title":"scenario name","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$"},"description":{"title":"description","type":"string"},"source":{"title":"source","type":"string","enum":["tws","kite","synthetic"]},"market":{"$ref":"#/definitions/market"},"clock":{"$ref":"#/definitions/clock"},"rules":{"title":"list of rules","type":"array","items":{"$ref":"#/definitions/rule"}}},"definitions":{"market":{"title":"market section","type":"object","additionalProperties":false,"properties":{"seed":{"title":"seed","type":"integer","minimum":0,"maximum":4294967295},"volatility":{"title":"volatility","type":"number","exclusiveMinimum":0,"maximum":10},"base_price":{"title":"base prices","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"price","type":"number","exclusiveMinimum":0,"maximum":1000000000}}}},"clock":{"title":"clock section","type":"object","additionalProperties":false,"properties":{"start":{"title":"timestamp","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"},"speed":{"title":"speed","type":"number","minimum":0,"maximum":100000}}},"rule":{"title":"rule","type":"object","additionalProperties":false,"required":["when","do"],"properties":{"when":{"$ref":"#/definitions/when"},"do":{"$ref":"#/definitions/do"},"skip":{"title":"number of events","type":"integer","minimum":0,"maximum":1000000},"every":{"title":"every","anyOf":[{"title":"count","type":"integer"},{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}]},"times":{"title":"number of times","type":"integer","minimum":1,"maximum":1000000},"chance":{"title":"chance","type":"number","exclusiveMinimum":0,"maximum":1},"from":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"until":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"when":{"title":"event","anyOf":[{"title":"event","type":"string","enum":["connect","request"]},{"$ref":"#/definitions/conditions"}]},"conditions":{"title":"conditions","type":"object","additionalProperties":false,"minProperties":1,"properties":{"request":{"$ref":"#/definitions/requests"},"symbol":{"title":"symbol","anyOf":[{"$ref":"#/definitions/symbol"},{"title":"list of symbols","type":"array","minItems":1,"items":{"$ref":"#/definitions/symbol"}}]},"bar_size":{"title":"bar size","anyOf":[{"$ref":"#/definitions/barSize"},{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}}]},"price_type":{"title":"price type","anyOf":[{"$ref":"#/definitions/priceType"},{"title":"list of price types","type":"array","minItems":1,"items":{"$ref":"#/definitions/priceType"}}]},"what":{"title":"price type","anyOf":[{"$ref":"#/definitions/priceType"},{"title":"list of price types","type":"array","minItems":1,"items":{"$ref":"#/definitions/priceType"}}]},"expiry":{"title":"date","anyOf":[{"$ref":"#/definitions/date"},{"title":"list of dates","type":"array","minItems":1,"items":{"$ref":"#/definitions/date"}}]},"strike":{"title":"strike","anyOf":[{"$ref":"#/definitions/strike"},{"title":"list of strikes","type":"array","minItems":1,"items":{"$ref":"#/definitions/strike"}}]},"right":{"title":"right","anyOf":[{"$ref":"#/definitions/right"},{"title":"list of rights","type":"array","minItems":1,"items":{"$ref":"#/definitions/right"}}]},"after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"requests":{"title":"request","anyOf":[{"$ref":"#/definitions/request"},{"title":"list of requests","type":"array","minItems":1,"items":{"$ref":"#/definitions/request"}}]},"request":{"title":"request","type":"string","enum":["contract-details","option-parameters","historical","head-timestamp","market-data","real-time-bars","positions","account","executions","orders","time","ids","other","session","profile","margins","instruments","quote","ohlc","ltp","ticker","contracts","chains","equity_bars","option_bars","history_starts","quotes","option_snapshots"]},"symbol":{"title":"symbol","type":"string","pattern":"^\\S(.{0,30}\\S)?$"},"barSize":{"title":"bar size","type":"string","enum":["1 secs","5 secs","10 secs","15 secs","30 secs","1 min","2 mins","3 mins","5 mins","10 mins","15 mins","20 mins","30 mins","1 hour","2 hours","3 hours","4 hours","8 hours","1 day"]},"priceType":{"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]},"date":{"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"strike":{"title":"strike","type":"number","exclusiveMinimum":0,"maximum":1000000000},"right":{"title":"right","type":"string","enum":["C","P"]},"do":{"title":"action","anyOf":[{"title":"action","type":"string","enum":["silence","empty","unknown","expired","garbage","drop","half_open","refuse","logged_out"]},{"$ref":"#/definitions/action"}]},"action":{"title":"action","type":"object","additionalProperties":false,"minProperties":1,"properties":{"delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"error":{"$ref":"#/definitions/errorCode"},"message":{"title":"message","type":"string"},"status":{"title":"HTTP status","type":"integer","minimum":400,"maximum":599},"truncate":{"title":"fraction of rows","type":"number","minimum":0,"exclusiveMaximum":1},"drop":{"title":"drop","type":"string","enum":["now","mid_message"]},"slow_accept":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"restart":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"link_lost":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"data_kept":{"title":"data kept","type":"boolean"},"farm_down":{"title":"farm","type":"string","enum":["historical","market"]},"for":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"rows":{"title":"list of rows","type":"array","items":{"title":"row","type":"object","additionalProperties":{"title":"value","type":["string","number","boolean","null"]}}},"failure":{"title":"failure","type":"string","enum":["retryable","pacing","denied","unavailable","invalid","fatal"]},"retry_after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}},"errorCode":{"title":"error code","anyOf":[{"title":"error number","type":"integer","minimum":1,"maximum":99999},{"title":"error name","type":"string","pattern":"^[A-Za-z]{1,40}$"}]}}};
const schema14 = {"title":"clock section","type":"object","additionalProperties":false,"properties":{"start":{"title":"timestamp","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"},"speed":{"title":"speed","type":"number","minimum":0,"maximum":100000}}};
const pattern0 = new RegExp("^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$", "u");
const pattern2 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$", "u");
const schema12 = {"title":"market section","type":"object","additionalProperties":false,"properties":{"seed":{"title":"seed","type":"integer","minimum":0,"maximum":4294967295},"volatility":{"title":"volatility","type":"number","exclusiveMinimum":0,"maximum":10},"base_price":{"title":"base prices","type":"object","propertyNames":{"$ref":"#/definitions/symbol"},"additionalProperties":{"title":"price","type":"number","exclusiveMinimum":0,"maximum":1000000000}}}};
const schema13 = {"title":"symbol","type":"string","pattern":"^\\S(.{0,30}\\S)?$"};
const pattern1 = new RegExp("^\\S(.{0,30}\\S)?$", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "seed") || (key0 === "volatility")) || (key0 === "base_price"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema12,data};
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
const err1 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/type",keyword:"type",params:{type: "integer"},schema:schema12.properties.seed.type,parentSchema:schema12.properties.seed,data:data0};
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
const err2 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},schema:4294967295,parentSchema:schema12.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema12.properties.seed,data:data0};
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
if(data.volatility !== undefined){
let data1 = data.volatility;
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 10 || isNaN(data1)){
const err4 = {instancePath:instancePath+"/volatility",schemaPath:"#/properties/volatility/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10},schema:10,parentSchema:schema12.properties.volatility,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1 <= 0 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/volatility",schemaPath:"#/properties/volatility/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema12.properties.volatility,data:data1};
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
const err6 = {instancePath:instancePath+"/volatility",schemaPath:"#/properties/volatility/type",keyword:"type",params:{type: "number"},schema:schema12.properties.volatility.type,parentSchema:schema12.properties.volatility,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.base_price !== undefined){
let data2 = data.base_price;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key1 in data2){
const _errs8 = errors;
if(typeof key1 === "string"){
if(!pattern1.test(key1)){
const err7 = {instancePath:instancePath+"/base_price",schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^\\S(.{0,30}\\S)?$"},schema:"^\\S(.{0,30}\\S)?$",parentSchema:schema13,data:key1,propertyName:key1};
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
const err8 = {instancePath:instancePath+"/base_price",schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema13.type,parentSchema:schema13,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
var valid1 = _errs8 === errors;
if(!valid1){
const err9 = {instancePath:instancePath+"/base_price",schemaPath:"#/properties/base_price/propertyNames",keyword:"propertyNames",params:{propertyName: key1},schema:schema12.properties.base_price.propertyNames,parentSchema:schema12.properties.base_price,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
for(const key2 in data2){
let data3 = data2[key2];
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 1000000000 || isNaN(data3)){
const err10 = {instancePath:instancePath+"/base_price/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/base_price/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000},schema:1000000000,parentSchema:schema12.properties.base_price.additionalProperties,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data3 <= 0 || isNaN(data3)){
const err11 = {instancePath:instancePath+"/base_price/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/base_price/additionalProperties/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema12.properties.base_price.additionalProperties,data:data3};
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
const err12 = {instancePath:instancePath+"/base_price/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/base_price/additionalProperties/type",keyword:"type",params:{type: "number"},schema:schema12.properties.base_price.additionalProperties.type,parentSchema:schema12.properties.base_price.additionalProperties,data:data3};
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
else {
const err13 = {instancePath:instancePath+"/base_price",schemaPath:"#/properties/base_price/type",keyword:"type",params:{type: "object"},schema:schema12.properties.base_price.type,parentSchema:schema12.properties.base_price,data:data2};
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
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema12.type,parentSchema:schema12,data};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

const schema15 = {"title":"rule","type":"object","additionalProperties":false,"required":["when","do"],"properties":{"when":{"$ref":"#/definitions/when"},"do":{"$ref":"#/definitions/do"},"skip":{"title":"number of events","type":"integer","minimum":0,"maximum":1000000},"every":{"title":"every","anyOf":[{"title":"count","type":"integer"},{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}]},"times":{"title":"number of times","type":"integer","minimum":1,"maximum":1000000},"chance":{"title":"chance","type":"number","exclusiveMinimum":0,"maximum":1},"from":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"until":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema16 = {"title":"event","anyOf":[{"title":"event","type":"string","enum":["connect","request"]},{"$ref":"#/definitions/conditions"}]};
const schema17 = {"title":"conditions","type":"object","additionalProperties":false,"minProperties":1,"properties":{"request":{"$ref":"#/definitions/requests"},"symbol":{"title":"symbol","anyOf":[{"$ref":"#/definitions/symbol"},{"title":"list of symbols","type":"array","minItems":1,"items":{"$ref":"#/definitions/symbol"}}]},"bar_size":{"title":"bar size","anyOf":[{"$ref":"#/definitions/barSize"},{"title":"list of bar sizes","type":"array","minItems":1,"items":{"$ref":"#/definitions/barSize"}}]},"price_type":{"title":"price type","anyOf":[{"$ref":"#/definitions/priceType"},{"title":"list of price types","type":"array","minItems":1,"items":{"$ref":"#/definitions/priceType"}}]},"what":{"title":"price type","anyOf":[{"$ref":"#/definitions/priceType"},{"title":"list of price types","type":"array","minItems":1,"items":{"$ref":"#/definitions/priceType"}}]},"expiry":{"title":"date","anyOf":[{"$ref":"#/definitions/date"},{"title":"list of dates","type":"array","minItems":1,"items":{"$ref":"#/definitions/date"}}]},"strike":{"title":"strike","anyOf":[{"$ref":"#/definitions/strike"},{"title":"list of strikes","type":"array","minItems":1,"items":{"$ref":"#/definitions/strike"}}]},"right":{"title":"right","anyOf":[{"$ref":"#/definitions/right"},{"title":"list of rights","type":"array","minItems":1,"items":{"$ref":"#/definitions/right"}}]},"after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema23 = {"title":"bar size","type":"string","enum":["1 secs","5 secs","10 secs","15 secs","30 secs","1 min","2 mins","3 mins","5 mins","10 mins","15 mins","20 mins","30 mins","1 hour","2 hours","3 hours","4 hours","8 hours","1 day"]};
const schema25 = {"title":"price type","type":"string","enum":["TRADES","MIDPOINT","BID","ASK","BID_ASK"]};
const schema29 = {"title":"date","type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"};
const schema31 = {"title":"strike","type":"number","exclusiveMinimum":0,"maximum":1000000000};
const schema33 = {"title":"right","type":"string","enum":["C","P"]};
const func2 = Object.prototype.hasOwnProperty;
const schema18 = {"title":"request","anyOf":[{"$ref":"#/definitions/request"},{"title":"list of requests","type":"array","minItems":1,"items":{"$ref":"#/definitions/request"}}]};
const schema19 = {"title":"request","type":"string","enum":["contract-details","option-parameters","historical","head-timestamp","market-data","real-time-bars","positions","account","executions","orders","time","ids","other","session","profile","margins","instruments","quote","ohlc","ltp","ticker","contracts","chains","equity_bars","option_bars","history_starts","quotes","option_snapshots"]};

function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/definitions/request/type",keyword:"type",params:{type: "string"},schema:schema19.type,parentSchema:schema19,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!((((((((((((((((((((((((((((data === "contract-details") || (data === "option-parameters")) || (data === "historical")) || (data === "head-timestamp")) || (data === "market-data")) || (data === "real-time-bars")) || (data === "positions")) || (data === "account")) || (data === "executions")) || (data === "orders")) || (data === "time")) || (data === "ids")) || (data === "other")) || (data === "session")) || (data === "profile")) || (data === "margins")) || (data === "instruments")) || (data === "quote")) || (data === "ohlc")) || (data === "ltp")) || (data === "ticker")) || (data === "contracts")) || (data === "chains")) || (data === "equity_bars")) || (data === "option_bars")) || (data === "history_starts")) || (data === "quotes")) || (data === "option_snapshots"))){
const err1 = {instancePath,schemaPath:"#/definitions/request/enum",keyword:"enum",params:{allowedValues: schema19.enum},schema:schema19.enum,parentSchema:schema19,data};
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
const err2 = {instancePath,schemaPath:"#/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema18.anyOf[1],data};
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
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/request/type",keyword:"type",params:{type: "string"},schema:schema19.type,parentSchema:schema19,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!((((((((((((((((((((((((((((data0 === "contract-details") || (data0 === "option-parameters")) || (data0 === "historical")) || (data0 === "head-timestamp")) || (data0 === "market-data")) || (data0 === "real-time-bars")) || (data0 === "positions")) || (data0 === "account")) || (data0 === "executions")) || (data0 === "orders")) || (data0 === "time")) || (data0 === "ids")) || (data0 === "other")) || (data0 === "session")) || (data0 === "profile")) || (data0 === "margins")) || (data0 === "instruments")) || (data0 === "quote")) || (data0 === "ohlc")) || (data0 === "ltp")) || (data0 === "ticker")) || (data0 === "contracts")) || (data0 === "chains")) || (data0 === "equity_bars")) || (data0 === "option_bars")) || (data0 === "history_starts")) || (data0 === "quotes")) || (data0 === "option_snapshots"))){
const err4 = {instancePath:instancePath+"/" + i0,schemaPath:"#/definitions/request/enum",keyword:"enum",params:{allowedValues: schema19.enum},schema:schema19.enum,parentSchema:schema19,data:data0};
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
const err5 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema18.anyOf[1].type,parentSchema:schema18.anyOf[1],data};
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
const err6 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema18.anyOf,parentSchema:schema18,data};
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
validate16.errors = vErrors;
return errors === 0;
}

const pattern5 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "u");
const pattern7 = new RegExp("^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$", "u");

function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
const err0 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1},schema:1,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema17.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.request !== undefined){
if(!(validate16(data.request, {instancePath:instancePath+"/request",parentData:data,parentDataProperty:"request",rootData}))){
vErrors = vErrors === null ? validate16.errors : appended(vErrors, validate16.errors);
errors = vErrors.length;
}
}
if(data.symbol !== undefined){
let data1 = data.symbol;
const _errs4 = errors;
let valid1 = false;
const _errs5 = errors;
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
const err2 = {instancePath:instancePath+"/symbol",schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^\\S(.{0,30}\\S)?$"},schema:"^\\S(.{0,30}\\S)?$",parentSchema:schema13,data:data1};
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
const err3 = {instancePath:instancePath+"/symbol",schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema13.type,parentSchema:schema13,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var _valid0 = _errs5 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const _errs8 = errors;
if(Array.isArray(data1)){
if(data1.length < 1){
const err4 = {instancePath:instancePath+"/symbol",schemaPath:"#/properties/symbol/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.symbol.anyOf[1],data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern1.test(data2)){
const err5 = {instancePath:instancePath+"/symbol/" + i0,schemaPath:"#/definitions/symbol/pattern",keyword:"pattern",params:{pattern: "^\\S(.{0,30}\\S)?$"},schema:"^\\S(.{0,30}\\S)?$",parentSchema:schema13,data:data2};
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
const err6 = {instancePath:instancePath+"/symbol/" + i0,schemaPath:"#/definitions/symbol/type",keyword:"type",params:{type: "string"},schema:schema13.type,parentSchema:schema13,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/symbol",schemaPath:"#/properties/symbol/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.symbol.anyOf[1].type,parentSchema:schema17.properties.symbol.anyOf[1],data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var _valid0 = _errs8 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
const err8 = {instancePath:instancePath+"/symbol",schemaPath:"#/properties/symbol/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.symbol.anyOf,parentSchema:schema17.properties.symbol,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
else {
errors = _errs4;
if(vErrors !== null){
if(_errs4){
vErrors.length = _errs4;
}
else {
vErrors = null;
}
}
}
}
if(data.bar_size !== undefined){
let data3 = data.bar_size;
const _errs14 = errors;
let valid6 = false;
const _errs15 = errors;
if(typeof data3 !== "string"){
const err9 = {instancePath:instancePath+"/bar_size",schemaPath:"#/definitions/barSize/type",keyword:"type",params:{type: "string"},schema:schema23.type,parentSchema:schema23,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!(((((((((((((((((((data3 === "1 secs") || (data3 === "5 secs")) || (data3 === "10 secs")) || (data3 === "15 secs")) || (data3 === "30 secs")) || (data3 === "1 min")) || (data3 === "2 mins")) || (data3 === "3 mins")) || (data3 === "5 mins")) || (data3 === "10 mins")) || (data3 === "15 mins")) || (data3 === "20 mins")) || (data3 === "30 mins")) || (data3 === "1 hour")) || (data3 === "2 hours")) || (data3 === "3 hours")) || (data3 === "4 hours")) || (data3 === "8 hours")) || (data3 === "1 day"))){
const err10 = {instancePath:instancePath+"/bar_size",schemaPath:"#/definitions/barSize/enum",keyword:"enum",params:{allowedValues: schema23.enum},schema:schema23.enum,parentSchema:schema23,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var _valid1 = _errs15 === errors;
valid6 = valid6 || _valid1;
if(!valid6){
const _errs18 = errors;
if(Array.isArray(data3)){
if(data3.length < 1){
const err11 = {instancePath:instancePath+"/bar_size",schemaPath:"#/properties/bar_size/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.bar_size.anyOf[1],data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 !== "string"){
const err12 = {instancePath:instancePath+"/bar_size/" + i1,schemaPath:"#/definitions/barSize/type",keyword:"type",params:{type: "string"},schema:schema23.type,parentSchema:schema23,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!(((((((((((((((((((data4 === "1 secs") || (data4 === "5 secs")) || (data4 === "10 secs")) || (data4 === "15 secs")) || (data4 === "30 secs")) || (data4 === "1 min")) || (data4 === "2 mins")) || (data4 === "3 mins")) || (data4 === "5 mins")) || (data4 === "10 mins")) || (data4 === "15 mins")) || (data4 === "20 mins")) || (data4 === "30 mins")) || (data4 === "1 hour")) || (data4 === "2 hours")) || (data4 === "3 hours")) || (data4 === "4 hours")) || (data4 === "8 hours")) || (data4 === "1 day"))){
const err13 = {instancePath:instancePath+"/bar_size/" + i1,schemaPath:"#/definitions/barSize/enum",keyword:"enum",params:{allowedValues: schema23.enum},schema:schema23.enum,parentSchema:schema23,data:data4};
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
else {
const err14 = {instancePath:instancePath+"/bar_size",schemaPath:"#/properties/bar_size/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.bar_size.anyOf[1].type,parentSchema:schema17.properties.bar_size.anyOf[1],data:data3};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
var _valid1 = _errs18 === errors;
valid6 = valid6 || _valid1;
}
if(!valid6){
const err15 = {instancePath:instancePath+"/bar_size",schemaPath:"#/properties/bar_size/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.bar_size.anyOf,parentSchema:schema17.properties.bar_size,data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
else {
errors = _errs14;
if(vErrors !== null){
if(_errs14){
vErrors.length = _errs14;
}
else {
vErrors = null;
}
}
}
}
if(data.price_type !== undefined){
let data5 = data.price_type;
const _errs24 = errors;
let valid11 = false;
const _errs25 = errors;
if(typeof data5 !== "string"){
const err16 = {instancePath:instancePath+"/price_type",schemaPath:"#/definitions/priceType/type",keyword:"type",params:{type: "string"},schema:schema25.type,parentSchema:schema25,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!(((((data5 === "TRADES") || (data5 === "MIDPOINT")) || (data5 === "BID")) || (data5 === "ASK")) || (data5 === "BID_ASK"))){
const err17 = {instancePath:instancePath+"/price_type",schemaPath:"#/definitions/priceType/enum",keyword:"enum",params:{allowedValues: schema25.enum},schema:schema25.enum,parentSchema:schema25,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
var _valid2 = _errs25 === errors;
valid11 = valid11 || _valid2;
if(!valid11){
const _errs28 = errors;
if(Array.isArray(data5)){
if(data5.length < 1){
const err18 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.price_type.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
let data6 = data5[i2];
if(typeof data6 !== "string"){
const err19 = {instancePath:instancePath+"/price_type/" + i2,schemaPath:"#/definitions/priceType/type",keyword:"type",params:{type: "string"},schema:schema25.type,parentSchema:schema25,data:data6};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(!(((((data6 === "TRADES") || (data6 === "MIDPOINT")) || (data6 === "BID")) || (data6 === "ASK")) || (data6 === "BID_ASK"))){
const err20 = {instancePath:instancePath+"/price_type/" + i2,schemaPath:"#/definitions/priceType/enum",keyword:"enum",params:{allowedValues: schema25.enum},schema:schema25.enum,parentSchema:schema25,data:data6};
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
const err21 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.price_type.anyOf[1].type,parentSchema:schema17.properties.price_type.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
var _valid2 = _errs28 === errors;
valid11 = valid11 || _valid2;
}
if(!valid11){
const err22 = {instancePath:instancePath+"/price_type",schemaPath:"#/properties/price_type/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.price_type.anyOf,parentSchema:schema17.properties.price_type,data:data5};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
else {
errors = _errs24;
if(vErrors !== null){
if(_errs24){
vErrors.length = _errs24;
}
else {
vErrors = null;
}
}
}
}
if(data.what !== undefined){
let data7 = data.what;
const _errs34 = errors;
let valid16 = false;
const _errs35 = errors;
if(typeof data7 !== "string"){
const err23 = {instancePath:instancePath+"/what",schemaPath:"#/definitions/priceType/type",keyword:"type",params:{type: "string"},schema:schema25.type,parentSchema:schema25,data:data7};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!(((((data7 === "TRADES") || (data7 === "MIDPOINT")) || (data7 === "BID")) || (data7 === "ASK")) || (data7 === "BID_ASK"))){
const err24 = {instancePath:instancePath+"/what",schemaPath:"#/definitions/priceType/enum",keyword:"enum",params:{allowedValues: schema25.enum},schema:schema25.enum,parentSchema:schema25,data:data7};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
var _valid3 = _errs35 === errors;
valid16 = valid16 || _valid3;
if(!valid16){
const _errs38 = errors;
if(Array.isArray(data7)){
if(data7.length < 1){
const err25 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.what.anyOf[1],data:data7};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
const len3 = data7.length;
for(let i3=0; i3<len3; i3++){
let data8 = data7[i3];
if(typeof data8 !== "string"){
const err26 = {instancePath:instancePath+"/what/" + i3,schemaPath:"#/definitions/priceType/type",keyword:"type",params:{type: "string"},schema:schema25.type,parentSchema:schema25,data:data8};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(!(((((data8 === "TRADES") || (data8 === "MIDPOINT")) || (data8 === "BID")) || (data8 === "ASK")) || (data8 === "BID_ASK"))){
const err27 = {instancePath:instancePath+"/what/" + i3,schemaPath:"#/definitions/priceType/enum",keyword:"enum",params:{allowedValues: schema25.enum},schema:schema25.enum,parentSchema:schema25,data:data8};
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
const err28 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.what.anyOf[1].type,parentSchema:schema17.properties.what.anyOf[1],data:data7};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
var _valid3 = _errs38 === errors;
valid16 = valid16 || _valid3;
}
if(!valid16){
const err29 = {instancePath:instancePath+"/what",schemaPath:"#/properties/what/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.what.anyOf,parentSchema:schema17.properties.what,data:data7};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
else {
errors = _errs34;
if(vErrors !== null){
if(_errs34){
vErrors.length = _errs34;
}
else {
vErrors = null;
}
}
}
}
if(data.expiry !== undefined){
let data9 = data.expiry;
const _errs44 = errors;
let valid21 = false;
const _errs45 = errors;
if(typeof data9 === "string"){
if(!pattern5.test(data9)){
const err30 = {instancePath:instancePath+"/expiry",schemaPath:"#/definitions/date/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",parentSchema:schema29,data:data9};
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
const err31 = {instancePath:instancePath+"/expiry",schemaPath:"#/definitions/date/type",keyword:"type",params:{type: "string"},schema:schema29.type,parentSchema:schema29,data:data9};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
var _valid4 = _errs45 === errors;
valid21 = valid21 || _valid4;
if(!valid21){
const _errs48 = errors;
if(Array.isArray(data9)){
if(data9.length < 1){
const err32 = {instancePath:instancePath+"/expiry",schemaPath:"#/properties/expiry/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.expiry.anyOf[1],data:data9};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
const len4 = data9.length;
for(let i4=0; i4<len4; i4++){
let data10 = data9[i4];
if(typeof data10 === "string"){
if(!pattern5.test(data10)){
const err33 = {instancePath:instancePath+"/expiry/" + i4,schemaPath:"#/definitions/date/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",parentSchema:schema29,data:data10};
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
const err34 = {instancePath:instancePath+"/expiry/" + i4,schemaPath:"#/definitions/date/type",keyword:"type",params:{type: "string"},schema:schema29.type,parentSchema:schema29,data:data10};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath:instancePath+"/expiry",schemaPath:"#/properties/expiry/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.expiry.anyOf[1].type,parentSchema:schema17.properties.expiry.anyOf[1],data:data9};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
var _valid4 = _errs48 === errors;
valid21 = valid21 || _valid4;
}
if(!valid21){
const err36 = {instancePath:instancePath+"/expiry",schemaPath:"#/properties/expiry/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.expiry.anyOf,parentSchema:schema17.properties.expiry,data:data9};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
else {
errors = _errs44;
if(vErrors !== null){
if(_errs44){
vErrors.length = _errs44;
}
else {
vErrors = null;
}
}
}
}
if(data.strike !== undefined){
let data11 = data.strike;
const _errs54 = errors;
let valid26 = false;
const _errs55 = errors;
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1000000000 || isNaN(data11)){
const err37 = {instancePath:instancePath+"/strike",schemaPath:"#/definitions/strike/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000},schema:1000000000,parentSchema:schema31,data:data11};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data11 <= 0 || isNaN(data11)){
const err38 = {instancePath:instancePath+"/strike",schemaPath:"#/definitions/strike/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema31,data:data11};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/strike",schemaPath:"#/definitions/strike/type",keyword:"type",params:{type: "number"},schema:schema31.type,parentSchema:schema31,data:data11};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
var _valid5 = _errs55 === errors;
valid26 = valid26 || _valid5;
if(!valid26){
const _errs58 = errors;
if(Array.isArray(data11)){
if(data11.length < 1){
const err40 = {instancePath:instancePath+"/strike",schemaPath:"#/properties/strike/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.strike.anyOf[1],data:data11};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
const len5 = data11.length;
for(let i5=0; i5<len5; i5++){
let data12 = data11[i5];
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 1000000000 || isNaN(data12)){
const err41 = {instancePath:instancePath+"/strike/" + i5,schemaPath:"#/definitions/strike/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000},schema:1000000000,parentSchema:schema31,data:data12};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data12 <= 0 || isNaN(data12)){
const err42 = {instancePath:instancePath+"/strike/" + i5,schemaPath:"#/definitions/strike/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema31,data:data12};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/strike/" + i5,schemaPath:"#/definitions/strike/type",keyword:"type",params:{type: "number"},schema:schema31.type,parentSchema:schema31,data:data12};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
else {
const err44 = {instancePath:instancePath+"/strike",schemaPath:"#/properties/strike/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.strike.anyOf[1].type,parentSchema:schema17.properties.strike.anyOf[1],data:data11};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
var _valid5 = _errs58 === errors;
valid26 = valid26 || _valid5;
}
if(!valid26){
const err45 = {instancePath:instancePath+"/strike",schemaPath:"#/properties/strike/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.strike.anyOf,parentSchema:schema17.properties.strike,data:data11};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
else {
errors = _errs54;
if(vErrors !== null){
if(_errs54){
vErrors.length = _errs54;
}
else {
vErrors = null;
}
}
}
}
if(data.right !== undefined){
let data13 = data.right;
const _errs64 = errors;
let valid31 = false;
const _errs65 = errors;
if(typeof data13 !== "string"){
const err46 = {instancePath:instancePath+"/right",schemaPath:"#/definitions/right/type",keyword:"type",params:{type: "string"},schema:schema33.type,parentSchema:schema33,data:data13};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(!((data13 === "C") || (data13 === "P"))){
const err47 = {instancePath:instancePath+"/right",schemaPath:"#/definitions/right/enum",keyword:"enum",params:{allowedValues: schema33.enum},schema:schema33.enum,parentSchema:schema33,data:data13};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
var _valid6 = _errs65 === errors;
valid31 = valid31 || _valid6;
if(!valid31){
const _errs68 = errors;
if(Array.isArray(data13)){
if(data13.length < 1){
const err48 = {instancePath:instancePath+"/right",schemaPath:"#/properties/right/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},schema:1,parentSchema:schema17.properties.right.anyOf[1],data:data13};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
const len6 = data13.length;
for(let i6=0; i6<len6; i6++){
let data14 = data13[i6];
if(typeof data14 !== "string"){
const err49 = {instancePath:instancePath+"/right/" + i6,schemaPath:"#/definitions/right/type",keyword:"type",params:{type: "string"},schema:schema33.type,parentSchema:schema33,data:data14};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(!((data14 === "C") || (data14 === "P"))){
const err50 = {instancePath:instancePath+"/right/" + i6,schemaPath:"#/definitions/right/enum",keyword:"enum",params:{allowedValues: schema33.enum},schema:schema33.enum,parentSchema:schema33,data:data14};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/right",schemaPath:"#/properties/right/anyOf/1/type",keyword:"type",params:{type: "array"},schema:schema17.properties.right.anyOf[1].type,parentSchema:schema17.properties.right.anyOf[1],data:data13};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
var _valid6 = _errs68 === errors;
valid31 = valid31 || _valid6;
}
if(!valid31){
const err52 = {instancePath:instancePath+"/right",schemaPath:"#/properties/right/anyOf",keyword:"anyOf",params:{},schema:schema17.properties.right.anyOf,parentSchema:schema17.properties.right,data:data13};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
else {
errors = _errs64;
if(vErrors !== null){
if(_errs64){
vErrors.length = _errs64;
}
else {
vErrors = null;
}
}
}
}
if(data.after !== undefined){
let data15 = data.after;
if(typeof data15 === "string"){
if(!pattern7.test(data15)){
const err53 = {instancePath:instancePath+"/after",schemaPath:"#/properties/after/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema17.properties.after,data:data15};
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
const err54 = {instancePath:instancePath+"/after",schemaPath:"#/properties/after/type",keyword:"type",params:{type: "string"},schema:schema17.properties.after.type,parentSchema:schema17.properties.after,data:data15};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
else {
const err55 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema17.type,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
validate15.errors = vErrors;
return errors === 0;
}


function validate14(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "string"},schema:schema16.anyOf[0].type,parentSchema:schema16.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!((data === "connect") || (data === "request"))){
const err1 = {instancePath,schemaPath:"#/anyOf/0/enum",keyword:"enum",params:{allowedValues: schema16.anyOf[0].enum},schema:schema16.anyOf[0].enum,parentSchema:schema16.anyOf[0],data};
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
if(!(validate15(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate15.errors : appended(vErrors, validate15.errors);
errors = vErrors.length;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema16.anyOf,parentSchema:schema16,data};
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
validate14.errors = vErrors;
return errors === 0;
}

const schema35 = {"title":"action","anyOf":[{"title":"action","type":"string","enum":["silence","empty","unknown","expired","garbage","drop","half_open","refuse","logged_out"]},{"$ref":"#/definitions/action"}]};
const schema36 = {"title":"action","type":"object","additionalProperties":false,"minProperties":1,"properties":{"delay":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"error":{"$ref":"#/definitions/errorCode"},"message":{"title":"message","type":"string"},"status":{"title":"HTTP status","type":"integer","minimum":400,"maximum":599},"truncate":{"title":"fraction of rows","type":"number","minimum":0,"exclusiveMaximum":1},"drop":{"title":"drop","type":"string","enum":["now","mid_message"]},"slow_accept":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"restart":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"link_lost":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"data_kept":{"title":"data kept","type":"boolean"},"farm_down":{"title":"farm","type":"string","enum":["historical","market"]},"for":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},"rows":{"title":"list of rows","type":"array","items":{"title":"row","type":"object","additionalProperties":{"title":"value","type":["string","number","boolean","null"]}}},"failure":{"title":"failure","type":"string","enum":["retryable","pacing","denied","unavailable","invalid","fatal"]},"retry_after":{"title":"duration","type":"string","pattern":"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"}}};
const schema37 = {"title":"error code","anyOf":[{"title":"error number","type":"integer","minimum":1,"maximum":99999},{"title":"error name","type":"string","pattern":"^[A-Za-z]{1,40}$"}]};
const pattern9 = new RegExp("^[A-Za-z]{1,40}$", "u");

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
const err0 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1},schema:1,parentSchema:schema36,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema36.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema36,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.delay !== undefined){
let data0 = data.delay;
if(typeof data0 === "string"){
if(!pattern7.test(data0)){
const err2 = {instancePath:instancePath+"/delay",schemaPath:"#/properties/delay/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema36.properties.delay,data:data0};
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
const err3 = {instancePath:instancePath+"/delay",schemaPath:"#/properties/delay/type",keyword:"type",params:{type: "string"},schema:schema36.properties.delay.type,parentSchema:schema36.properties.delay,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.error !== undefined){
let data1 = data.error;
const _errs6 = errors;
let valid2 = false;
const _errs7 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err4 = {instancePath:instancePath+"/error",schemaPath:"#/definitions/errorCode/anyOf/0/type",keyword:"type",params:{type: "integer"},schema:schema37.anyOf[0].type,parentSchema:schema37.anyOf[0],data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 99999 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/error",schemaPath:"#/definitions/errorCode/anyOf/0/maximum",keyword:"maximum",params:{comparison: "<=", limit: 99999},schema:99999,parentSchema:schema37.anyOf[0],data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1 < 1 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/error",schemaPath:"#/definitions/errorCode/anyOf/0/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema37.anyOf[0],data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
var _valid0 = _errs7 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs9 = errors;
if(typeof data1 === "string"){
if(!pattern9.test(data1)){
const err7 = {instancePath:instancePath+"/error",schemaPath:"#/definitions/errorCode/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z]{1,40}$"},schema:"^[A-Za-z]{1,40}$",parentSchema:schema37.anyOf[1],data:data1};
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
const err8 = {instancePath:instancePath+"/error",schemaPath:"#/definitions/errorCode/anyOf/1/type",keyword:"type",params:{type: "string"},schema:schema37.anyOf[1].type,parentSchema:schema37.anyOf[1],data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
var _valid0 = _errs9 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err9 = {instancePath:instancePath+"/error",schemaPath:"#/definitions/errorCode/anyOf",keyword:"anyOf",params:{},schema:schema37.anyOf,parentSchema:schema37,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
else {
errors = _errs6;
if(vErrors !== null){
if(_errs6){
vErrors.length = _errs6;
}
else {
vErrors = null;
}
}
}
}
if(data.message !== undefined){
let data2 = data.message;
if(typeof data2 !== "string"){
const err10 = {instancePath:instancePath+"/message",schemaPath:"#/properties/message/type",keyword:"type",params:{type: "string"},schema:schema36.properties.message.type,parentSchema:schema36.properties.message,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.status !== undefined){
let data3 = data.status;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err11 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/type",keyword:"type",params:{type: "integer"},schema:schema36.properties.status.type,parentSchema:schema36.properties.status,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 599 || isNaN(data3)){
const err12 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/maximum",keyword:"maximum",params:{comparison: "<=", limit: 599},schema:599,parentSchema:schema36.properties.status,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data3 < 400 || isNaN(data3)){
const err13 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/minimum",keyword:"minimum",params:{comparison: ">=", limit: 400},schema:400,parentSchema:schema36.properties.status,data:data3};
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
if(data.truncate !== undefined){
let data4 = data.truncate;
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
const err14 = {instancePath:instancePath+"/truncate",schemaPath:"#/properties/truncate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema36.properties.truncate,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data4 >= 1 || isNaN(data4)){
const err15 = {instancePath:instancePath+"/truncate",schemaPath:"#/properties/truncate/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1},schema:1,parentSchema:schema36.properties.truncate,data:data4};
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
const err16 = {instancePath:instancePath+"/truncate",schemaPath:"#/properties/truncate/type",keyword:"type",params:{type: "number"},schema:schema36.properties.truncate.type,parentSchema:schema36.properties.truncate,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.drop !== undefined){
let data5 = data.drop;
if(typeof data5 !== "string"){
const err17 = {instancePath:instancePath+"/drop",schemaPath:"#/properties/drop/type",keyword:"type",params:{type: "string"},schema:schema36.properties.drop.type,parentSchema:schema36.properties.drop,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!((data5 === "now") || (data5 === "mid_message"))){
const err18 = {instancePath:instancePath+"/drop",schemaPath:"#/properties/drop/enum",keyword:"enum",params:{allowedValues: schema36.properties.drop.enum},schema:schema36.properties.drop.enum,parentSchema:schema36.properties.drop,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.slow_accept !== undefined){
let data6 = data.slow_accept;
if(typeof data6 === "string"){
if(!pattern7.test(data6)){
const err19 = {instancePath:instancePath+"/slow_accept",schemaPath:"#/properties/slow_accept/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema36.properties.slow_accept,data:data6};
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
const err20 = {instancePath:instancePath+"/slow_accept",schemaPath:"#/properties/slow_accept/type",keyword:"type",params:{type: "string"},schema:schema36.properties.slow_accept.type,parentSchema:schema36.properties.slow_accept,data:data6};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.restart !== undefined){
let data7 = data.restart;
if(typeof data7 === "string"){
if(!pattern7.test(data7)){
const err21 = {instancePath:instancePath+"/restart",schemaPath:"#/properties/restart/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema36.properties.restart,data:data7};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/restart",schemaPath:"#/properties/restart/type",keyword:"type",params:{type: "string"},schema:schema36.properties.restart.type,parentSchema:schema36.properties.restart,data:data7};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.link_lost !== undefined){
let data8 = data.link_lost;
if(typeof data8 === "string"){
if(!pattern7.test(data8)){
const err23 = {instancePath:instancePath+"/link_lost",schemaPath:"#/properties/link_lost/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema36.properties.link_lost,data:data8};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/link_lost",schemaPath:"#/properties/link_lost/type",keyword:"type",params:{type: "string"},schema:schema36.properties.link_lost.type,parentSchema:schema36.properties.link_lost,data:data8};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.data_kept !== undefined){
let data9 = data.data_kept;
if(typeof data9 !== "boolean"){
const err25 = {instancePath:instancePath+"/data_kept",schemaPath:"#/properties/data_kept/type",keyword:"type",params:{type: "boolean"},schema:schema36.properties.data_kept.type,parentSchema:schema36.properties.data_kept,data:data9};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.farm_down !== undefined){
let data10 = data.farm_down;
if(typeof data10 !== "string"){
const err26 = {instancePath:instancePath+"/farm_down",schemaPath:"#/properties/farm_down/type",keyword:"type",params:{type: "string"},schema:schema36.properties.farm_down.type,parentSchema:schema36.properties.farm_down,data:data10};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(!((data10 === "historical") || (data10 === "market"))){
const err27 = {instancePath:instancePath+"/farm_down",schemaPath:"#/properties/farm_down/enum",keyword:"enum",params:{allowedValues: schema36.properties.farm_down.enum},schema:schema36.properties.farm_down.enum,parentSchema:schema36.properties.farm_down,data:data10};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.for !== undefined){
let data11 = data.for;
if(typeof data11 === "string"){
if(!pattern7.test(data11)){
const err28 = {instancePath:instancePath+"/for",schemaPath:"#/properties/for/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema36.properties.for,data:data11};
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
const err29 = {instancePath:instancePath+"/for",schemaPath:"#/properties/for/type",keyword:"type",params:{type: "string"},schema:schema36.properties.for.type,parentSchema:schema36.properties.for,data:data11};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.rows !== undefined){
let data12 = data.rows;
if(Array.isArray(data12)){
const len0 = data12.length;
for(let i0=0; i0<len0; i0++){
let data13 = data12[i0];
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
for(const key1 in data13){
let data14 = data13[key1];
if((((typeof data14 !== "string") && (!((typeof data14 == "number") && (isFinite(data14))))) && (typeof data14 !== "boolean")) && (data14 !== null)){
const err30 = {instancePath:instancePath+"/rows/" + i0+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/additionalProperties/type",keyword:"type",params:{type: schema36.properties.rows.items.additionalProperties.type},schema:schema36.properties.rows.items.additionalProperties.type,parentSchema:schema36.properties.rows.items.additionalProperties,data:data14};
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
const err31 = {instancePath:instancePath+"/rows/" + i0,schemaPath:"#/properties/rows/items/type",keyword:"type",params:{type: "object"},schema:schema36.properties.rows.items.type,parentSchema:schema36.properties.rows.items,data:data13};
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
const err32 = {instancePath:instancePath+"/rows",schemaPath:"#/properties/rows/type",keyword:"type",params:{type: "array"},schema:schema36.properties.rows.type,parentSchema:schema36.properties.rows,data:data12};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data.failure !== undefined){
let data15 = data.failure;
if(typeof data15 !== "string"){
const err33 = {instancePath:instancePath+"/failure",schemaPath:"#/properties/failure/type",keyword:"type",params:{type: "string"},schema:schema36.properties.failure.type,parentSchema:schema36.properties.failure,data:data15};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!((((((data15 === "retryable") || (data15 === "pacing")) || (data15 === "denied")) || (data15 === "unavailable")) || (data15 === "invalid")) || (data15 === "fatal"))){
const err34 = {instancePath:instancePath+"/failure",schemaPath:"#/properties/failure/enum",keyword:"enum",params:{allowedValues: schema36.properties.failure.enum},schema:schema36.properties.failure.enum,parentSchema:schema36.properties.failure,data:data15};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data.retry_after !== undefined){
let data16 = data.retry_after;
if(typeof data16 === "string"){
if(!pattern7.test(data16)){
const err35 = {instancePath:instancePath+"/retry_after",schemaPath:"#/properties/retry_after/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema36.properties.retry_after,data:data16};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/retry_after",schemaPath:"#/properties/retry_after/type",keyword:"type",params:{type: "string"},schema:schema36.properties.retry_after.type,parentSchema:schema36.properties.retry_after,data:data16};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema36.type,parentSchema:schema36,data};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}


function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "string"},schema:schema35.anyOf[0].type,parentSchema:schema35.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!(((((((((data === "silence") || (data === "empty")) || (data === "unknown")) || (data === "expired")) || (data === "garbage")) || (data === "drop")) || (data === "half_open")) || (data === "refuse")) || (data === "logged_out"))){
const err1 = {instancePath,schemaPath:"#/anyOf/0/enum",keyword:"enum",params:{allowedValues: schema35.anyOf[0].enum},schema:schema35.anyOf[0].enum,parentSchema:schema35.anyOf[0],data};
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
if(!(validate21(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},schema:schema35.anyOf,parentSchema:schema35,data};
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
validate20.errors = vErrors;
return errors === 0;
}


function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.when === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "when"},schema:schema15.required,parentSchema:schema15,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.do === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "do"},schema:schema15.required,parentSchema:schema15,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((((((((key0 === "when") || (key0 === "do")) || (key0 === "skip")) || (key0 === "every")) || (key0 === "times")) || (key0 === "chance")) || (key0 === "from")) || (key0 === "until"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},schema:false,parentSchema:schema15,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.when !== undefined){
if(!(validate14(data.when, {instancePath:instancePath+"/when",parentData:data,parentDataProperty:"when",rootData}))){
vErrors = vErrors === null ? validate14.errors : appended(vErrors, validate14.errors);
errors = vErrors.length;
}
}
if(data.do !== undefined){
if(!(validate20(data.do, {instancePath:instancePath+"/do",parentData:data,parentDataProperty:"do",rootData}))){
vErrors = vErrors === null ? validate20.errors : appended(vErrors, validate20.errors);
errors = vErrors.length;
}
}
if(data.skip !== undefined){
let data2 = data.skip;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err3 = {instancePath:instancePath+"/skip",schemaPath:"#/properties/skip/type",keyword:"type",params:{type: "integer"},schema:schema15.properties.skip.type,parentSchema:schema15.properties.skip,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 1000000 || isNaN(data2)){
const err4 = {instancePath:instancePath+"/skip",schemaPath:"#/properties/skip/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},schema:1000000,parentSchema:schema15.properties.skip,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data2 < 0 || isNaN(data2)){
const err5 = {instancePath:instancePath+"/skip",schemaPath:"#/properties/skip/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema15.properties.skip,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
if(data.every !== undefined){
let data3 = data.every;
const _errs7 = errors;
let valid1 = false;
const _errs8 = errors;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err6 = {instancePath:instancePath+"/every",schemaPath:"#/properties/every/anyOf/0/type",keyword:"type",params:{type: "integer"},schema:schema15.properties.every.anyOf[0].type,parentSchema:schema15.properties.every.anyOf[0],data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
var _valid0 = _errs8 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const _errs10 = errors;
if(typeof data3 === "string"){
if(!pattern7.test(data3)){
const err7 = {instancePath:instancePath+"/every",schemaPath:"#/properties/every/anyOf/1/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema15.properties.every.anyOf[1],data:data3};
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
const err8 = {instancePath:instancePath+"/every",schemaPath:"#/properties/every/anyOf/1/type",keyword:"type",params:{type: "string"},schema:schema15.properties.every.anyOf[1].type,parentSchema:schema15.properties.every.anyOf[1],data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
var _valid0 = _errs10 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
const err9 = {instancePath:instancePath+"/every",schemaPath:"#/properties/every/anyOf",keyword:"anyOf",params:{},schema:schema15.properties.every.anyOf,parentSchema:schema15.properties.every,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
else {
errors = _errs7;
if(vErrors !== null){
if(_errs7){
vErrors.length = _errs7;
}
else {
vErrors = null;
}
}
}
}
if(data.times !== undefined){
let data4 = data.times;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err10 = {instancePath:instancePath+"/times",schemaPath:"#/properties/times/type",keyword:"type",params:{type: "integer"},schema:schema15.properties.times.type,parentSchema:schema15.properties.times,data:data4};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 1000000 || isNaN(data4)){
const err11 = {instancePath:instancePath+"/times",schemaPath:"#/properties/times/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},schema:1000000,parentSchema:schema15.properties.times,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data4 < 1 || isNaN(data4)){
const err12 = {instancePath:instancePath+"/times",schemaPath:"#/properties/times/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},schema:1,parentSchema:schema15.properties.times,data:data4};
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
if(data.chance !== undefined){
let data5 = data.chance;
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 1 || isNaN(data5)){
const err13 = {instancePath:instancePath+"/chance",schemaPath:"#/properties/chance/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},schema:1,parentSchema:schema15.properties.chance,data:data5};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data5 <= 0 || isNaN(data5)){
const err14 = {instancePath:instancePath+"/chance",schemaPath:"#/properties/chance/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},schema:0,parentSchema:schema15.properties.chance,data:data5};
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
const err15 = {instancePath:instancePath+"/chance",schemaPath:"#/properties/chance/type",keyword:"type",params:{type: "number"},schema:schema15.properties.chance.type,parentSchema:schema15.properties.chance,data:data5};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.from !== undefined){
let data6 = data.from;
if(typeof data6 === "string"){
if(!pattern7.test(data6)){
const err16 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema15.properties.from,data:data6};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "string"},schema:schema15.properties.from.type,parentSchema:schema15.properties.from,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.until !== undefined){
let data7 = data.until;
if(typeof data7 === "string"){
if(!pattern7.test(data7)){
const err18 = {instancePath:instancePath+"/until",schemaPath:"#/properties/until/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$"},schema:"^[0-9]{1,9}(ms|s|m|h|d|w)( ?[0-9]{1,9}(ms|s|m|h|d|w))*$",parentSchema:schema15.properties.until,data:data7};
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
const err19 = {instancePath:instancePath+"/until",schemaPath:"#/properties/until/type",keyword:"type",params:{type: "string"},schema:schema15.properties.until.type,parentSchema:schema15.properties.until,data:data7};
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
const err20 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema15.type,parentSchema:schema15,data};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
validate13.errors = vErrors;
return errors === 0;
}


function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="scenario.schema.json" */;
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
if(data.source === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "source"},schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "name") || (key0 === "description")) || (key0 === "source")) || (key0 === "market")) || (key0 === "clock")) || (key0 === "rules"))){
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
if(data.source !== undefined){
let data2 = data.source;
if(typeof data2 !== "string"){
const err6 = {instancePath:instancePath+"/source",schemaPath:"#/properties/source/type",keyword:"type",params:{type: "string"},schema:schema11.properties.source.type,parentSchema:schema11.properties.source,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!(((data2 === "tws") || (data2 === "kite")) || (data2 === "synthetic"))){
const err7 = {instancePath:instancePath+"/source",schemaPath:"#/properties/source/enum",keyword:"enum",params:{allowedValues: schema11.properties.source.enum},schema:schema11.properties.source.enum,parentSchema:schema11.properties.source,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.market !== undefined){
if(!(validate11(data.market, {instancePath:instancePath+"/market",parentData:data,parentDataProperty:"market",rootData}))){
vErrors = vErrors === null ? validate11.errors : appended(vErrors, validate11.errors);
errors = vErrors.length;
}
}
if(data.clock !== undefined){
let data4 = data.clock;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key1 in data4){
if(!((key1 === "start") || (key1 === "speed"))){
const err8 = {instancePath:instancePath+"/clock",schemaPath:"#/definitions/clock/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},schema:false,parentSchema:schema14,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data4.start !== undefined){
let data5 = data4.start;
if(typeof data5 === "string"){
if(!pattern2.test(data5)){
const err9 = {instancePath:instancePath+"/clock/start",schemaPath:"#/definitions/clock/properties/start/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"},schema:"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$",parentSchema:schema14.properties.start,data:data5};
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
const err10 = {instancePath:instancePath+"/clock/start",schemaPath:"#/definitions/clock/properties/start/type",keyword:"type",params:{type: "string"},schema:schema14.properties.start.type,parentSchema:schema14.properties.start,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data4.speed !== undefined){
let data6 = data4.speed;
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 100000 || isNaN(data6)){
const err11 = {instancePath:instancePath+"/clock/speed",schemaPath:"#/definitions/clock/properties/speed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},schema:100000,parentSchema:schema14.properties.speed,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data6 < 0 || isNaN(data6)){
const err12 = {instancePath:instancePath+"/clock/speed",schemaPath:"#/definitions/clock/properties/speed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},schema:0,parentSchema:schema14.properties.speed,data:data6};
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
const err13 = {instancePath:instancePath+"/clock/speed",schemaPath:"#/definitions/clock/properties/speed/type",keyword:"type",params:{type: "number"},schema:schema14.properties.speed.type,parentSchema:schema14.properties.speed,data:data6};
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
else {
const err14 = {instancePath:instancePath+"/clock",schemaPath:"#/definitions/clock/type",keyword:"type",params:{type: "object"},schema:schema14.type,parentSchema:schema14,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.rules !== undefined){
let data7 = data.rules;
if(Array.isArray(data7)){
const len0 = data7.length;
for(let i0=0; i0<len0; i0++){
if(!(validate13(data7[i0], {instancePath:instancePath+"/rules/" + i0,parentData:data7,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate13.errors : appended(vErrors, validate13.errors);
errors = vErrors.length;
}
}
}
else {
const err15 = {instancePath:instancePath+"/rules",schemaPath:"#/properties/rules/type",keyword:"type",params:{type: "array"},schema:schema11.properties.rules.type,parentSchema:schema11.properties.rules,data:data7};
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
const err16 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},schema:schema11.type,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
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
