"""Functions and operators: type and value as the Databricks SQL reference gives them.

https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-functions-builtin-alpha
"""

import pytest

from conftest import Sql
from lakehouse.checked_functions import CHECKED
from lakehouse.dialect import parse_statement

# expression | type | value
_VALUES = r"""
1/2 | DOUBLE | 0.5
7 div 2 | INT | 3
-7 % 3 | INT | -1
pmod(-7, 3) | INT | 2
mod(7, 3) | INT | 1
try_divide(1, 0) | DOUBLE | None
try_divide(1, 2) | DOUBLE | 0.5
nullif(1, 1) | INT | None
coalesce(null, 1) | INT | 1
nvl(null, 1) | INT | 1
ifnull(null, 2) | INT | 2
nvl2(1, 2, 3) | INT | 2
if(true, 1, 2) | INT | 1
isnull(null) | BOOLEAN | true
isnotnull(null) | BOOLEAN | false
equal_null(null, null) | BOOLEAN | true
zeroifnull(cast(null as int)) | INT | 0
case when 1 = 2 then 'a' else 'b' end | STRING | b
decode(2, 1, 'a', 2, 'b') | STRING | b
true and not false | BOOLEAN | true
true or null | BOOLEAN | true
greatest(1, 3, 2) | INT | 3
least(1, 3, 2) | INT | 1
concat('a', cast(null as string)) | STRING | None
concat('a', 'b') | STRING | ab
'a' || 'b' | STRING | ab
concat_ws(',', 'a', null, 'b') | STRING | a,b
length('abc') | INT | 3
upper('aB') | STRING | AB
lower('aB') | STRING | ab
initcap('hello world') | STRING | Hello World
trim('  a ') | STRING | a
lpad('a', 3, 'x') | STRING | xxa
rpad('a', 3, 'x') | STRING | axx
left('abc', 2) | STRING | ab
right('abc', 2) | STRING | bc
substring('abcdef', 2, 3) | STRING | bcd
substr('abcdef', -2) | STRING | ef
substring_index('a.b.c', '.', 2) | STRING | a.b
substring_index('a.b.c', '.', -2) | STRING | b.c
replace('abcabc', 'b', 'x') | STRING | axcaxc
translate('abc', 'ab', 'xy') | STRING | xyc
reverse('abc') | STRING | cba
repeat('ab', 2) | STRING | abab
ascii('a') | INT | 97
chr(65) | STRING | A
instr('abc', 'c') | INT | 3
locate('c', 'abc') | INT | 3
position('z' in 'abc') | INT | 0
startswith('abc', 'a') | BOOLEAN | true
endswith('abc', 'c') | BOOLEAN | true
contains('abc', 'x') | BOOLEAN | false
levenshtein('kitten', 'sitting') | INT | 3
'abc' like 'a%' | BOOLEAN | true
'Abc' like 'a%' | BOOLEAN | false
'Abc' ilike 'a%' | BOOLEAN | true
'a%c' like 'a\\%c' | BOOLEAN | true
'abc' like 'a\\%c' | BOOLEAN | false
'abc' rlike '^a.c$' | BOOLEAN | true
regexp_like('abc', 'b') | BOOLEAN | true
regexp_replace('aab', 'a', 'x') | STRING | xxb
regexp_extract('a12', '([a-z])([0-9]+)', 2) | STRING | 12
regexp_extract('a12', '([a-z])([0-9]+)') | STRING | a
regexp_extract_all('a1b2', '([a-z])([0-9])', 2) | ARRAY<STRING> | ["1","2"]
regexp_count('banana', 'an') | INT | 2
split('a,b', ',') | ARRAY<STRING> | ["a","b"]
split('a,b', ',')[0] | STRING | a
format_string('%d-%s', 1, 'a') | STRING | 1-a
printf('%05d', 42) | STRING | 00042
md5('a') | STRING | 0cc175b9c0f1b6a831c399e269772661
sha2('a', 256) | STRING | ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
base64('a') | STRING | YQ==
unbase64('YQ==') | BINARY | YQ==
hex(255) | STRING | FF
abs(-1) | INT | 1
sign(-5) | DOUBLE | -1.0
round(2.5) | DECIMAL(2,0) | 3
round(1.255, 2) | DECIMAL(4,2) | 1.26
round(cast(1.25 as double), 1) | DOUBLE | 1.3
ceil(cast(1.2 as double)) | BIGINT | 2
floor(cast(-1.2 as double)) | BIGINT | -2
power(2, 10) | DOUBLE | 1024.0
sqrt(4) | DOUBLE | 2.0
exp(0) | DOUBLE | 1.0
ln(1) | DOUBLE | 0.0
log(10, 100) | DOUBLE | 2.0
log10(1000) | DOUBLE | 3.0
log2(8) | DOUBLE | 3.0
isnan(cast('NaN' as double)) | BOOLEAN | true
pi() | DOUBLE | 3.141592653589793
cast('NaN' as double) | DOUBLE | NaN
date'2020-01-31' | DATE | 2020-01-31
date_add(date'2020-01-01', 5) | DATE | 2020-01-06
date_add('2020-01-01', 5) | DATE | 2020-01-06
date_sub(date'2020-01-01', 5) | DATE | 2019-12-27
dateadd(DAY, 5, date'2020-01-01') | TIMESTAMP | 2020-01-06T00:00:00.000Z
dateadd(MONTH, -1, timestamp'2020-03-31') | TIMESTAMP | 2020-02-29T00:00:00.000Z
timestampadd(HOUR, 2, timestamp'2020-01-01') | TIMESTAMP | 2020-01-01T02:00:00.000Z
datediff(date'2020-01-05', date'2020-01-01') | INT | 4
datediff('2020-01-01', '2020-01-05') | INT | -4
datediff(DAY, timestamp'2020-01-01 12:00:00', timestamp'2020-01-02 11:00:00') | BIGINT | 0
datediff(MONTH, date'2020-01-31', date'2020-03-01') | BIGINT | 1
timestampdiff(HOUR, timestamp'2020-01-01', timestamp'2020-01-02') | BIGINT | 24
add_months(date'2020-01-31', 1) | DATE | 2020-02-29
months_between(date'2020-03-31', date'2020-01-31') | DOUBLE | 2.0
last_day(date'2020-02-01') | DATE | 2020-02-29
next_day(date'2020-01-01', 'MON') | DATE | 2020-01-06
trunc(date'2020-02-15', 'MM') | DATE | 2020-02-01
date_trunc('MONTH', date'2020-02-15') | TIMESTAMP | 2020-02-01T00:00:00.000Z
date_trunc('hour', timestamp'2020-02-15 10:11:12') | TIMESTAMP | 2020-02-15T10:00:00.000Z
year(date'2020-02-15') | INT | 2020
month(date'2020-02-15') | INT | 2
day(date'2020-02-15') | INT | 15
dayofmonth(date'2020-02-15') | INT | 15
dayofweek(date'2020-02-16') | INT | 1
weekday(date'2020-02-17') | INT | 0
dayofyear(date'2020-02-15') | INT | 46
weekofyear(date'2020-02-15') | INT | 7
quarter(date'2020-02-15') | INT | 1
hour(timestamp'2020-02-15 10:11:12') | INT | 10
minute(timestamp'2020-02-15 10:11:12') | INT | 11
second(timestamp'2020-02-15 10:11:12') | INT | 12
extract(year from date'2020-02-15') | INT | 2020
date_part('month', date'2020-02-15') | INT | 2
date_format(timestamp'2020-02-15 10:11:12', 'yyyy-MM-dd HH:mm') | STRING | 2020-02-15 10:11
date_format(date'2020-02-15', 'yyyyMMdd') | STRING | 20200215
to_date('2020-02-15') | DATE | 2020-02-15
to_date('15/02/2020', 'dd/MM/yyyy') | DATE | 2020-02-15
to_timestamp('2020-02-15 10:11:12') | TIMESTAMP | 2020-02-15T10:11:12.000Z
to_timestamp('15/02/2020 10', 'dd/MM/yyyy HH') | TIMESTAMP | 2020-02-15T10:00:00.000Z
try_to_timestamp('x') | TIMESTAMP | None
unix_timestamp(timestamp'2020-02-15') | BIGINT | 1581724800
unix_seconds(timestamp'2020-02-15') | BIGINT | 1581724800
unix_millis(timestamp'2020-02-15') | BIGINT | 1581724800000
from_unixtime(0) | STRING | 1970-01-01 00:00:00
timestamp_seconds(1) | TIMESTAMP | 1970-01-01T00:00:01.000Z
timestamp_millis(1500) | TIMESTAMP | 1970-01-01T00:00:01.500Z
date_from_unix_date(1) | DATE | 1970-01-02
make_date(2020, 2, 29) | DATE | 2020-02-29
make_timestamp(2020, 2, 29, 10, 0, 0) | TIMESTAMP | 2020-02-29T10:00:00.000Z
date'2020-01-31' + interval 1 month | DATE | 2020-02-29
date'2020-01-31' - interval 1 day | DATE | 2020-01-30
timestamp'2020-01-01' - interval 2 days | TIMESTAMP | 2019-12-30T00:00:00.000Z
timestamp'2020-01-01' + interval 1 hour | TIMESTAMP | 2020-01-01T01:00:00.000Z
timestamp'2020-01-01T02:00:00+02:00' | TIMESTAMP | 2020-01-01T00:00:00.000Z
cast('1' as int) | INT | 1
cast(1.7 as int) | INT | 1
cast(cast(-1.7 as double) as bigint) | BIGINT | -1
cast(true as int) | INT | 1
cast(timestamp'1970-01-01 00:00:01' as bigint) | BIGINT | 1
bigint('12') | BIGINT | 12
try_cast('x' as int) | INT | None
try_cast(upper('x') as int) | INT | None
cast('1.5' as decimal(10,2)) | DECIMAL(10,2) | 1.50
cast(1 as string) | STRING | 1
cast(timestamp'2020-01-01 10:00:00' as string) | STRING | 2020-01-01 10:00:00
cast(date'2020-01-01' as string) | STRING | 2020-01-01
'5'::int | INT | 5
cast('2020-01-01' as timestamp) | TIMESTAMP | 2020-01-01T00:00:00.000Z
cast('2020-01-01' as timestamp_ntz) | TIMESTAMP_NTZ | 2020-01-01T00:00:00.000
1L | BIGINT | 1
1S | SMALLINT | 1
1Y | TINYINT | 1
1.5D | DOUBLE | 1.5
1.5BD | DECIMAL(2,1) | 1.5
1.5 | DECIMAL(2,1) | 1.5
x'61' | BINARY | YQ==
"abc" | STRING | abc
'it\'s' | STRING | it's
1 <=> null | BOOLEAN | false
1 is distinct from 2 | BOOLEAN | true
1 == 1 | BOOLEAN | true
2 in (1, 2) | BOOLEAN | true
2 between 1 and 3 | BOOLEAN | true
5 & 3 | INT | 1
5 ^ 3 | INT | 6
array(1, 2) | ARRAY<INT> | [1,2]
array(1, 2)[1] | INT | 2
element_at(array(1, 2), 1) | INT | 1
size(array(1, 2)) | INT | 2
array_size(array(1, 2)) | INT | 2
array_contains(array(1, 2), 2) | BOOLEAN | true
array_distinct(array(1, 1)) | ARRAY<INT> | [1]
array_join(array('a', 'b'), '-') | STRING | a-b
array_max(array(1, 2)) | INT | 2
array_min(array(1, 2)) | INT | 1
sort_array(array(2, 1)) | ARRAY<INT> | [1,2]
flatten(array(array(1), array(2))) | ARRAY<INT> | [1,2]
array_intersect(array(1, 2), array(2)) | ARRAY<INT> | [2]
transform(array(1, 2), x -> x + 1) | ARRAY<INT> | [2,3]
filter(array(1, 2), x -> x > 1) | ARRAY<INT> | [2]
sequence(3, 1) | ARRAY<BIGINT> | [3,2,1]
sequence(date'2020-01-01', date'2020-01-03', interval 2 day)[1] | DATE | 2020-01-03
map('a', 1) | MAP<STRING, INT> | {"a":1}
map('a', 1)['a'] | INT | 1
map_keys(map('a', 1)) | ARRAY<STRING> | ["a"]
map_values(map('a', 1)) | ARRAY<INT> | [1]
named_struct('a', 1, 'b', 'x') | STRUCT<a: INT, b: STRING> | {"a":1,"b":"x"}
named_struct('a', 1).a | INT | 1
to_json(named_struct('a', 1)) | STRING | {"a":1}
get_json_object('{"a":{"b":"x"}}', '$.a.b') | STRING | x
'{"a":{"b":"x"}}':a.b | STRING | x
'{"a":[1,{"b":2}]}':a[1].b::int | INT | 2
from_json('{"a":1,"b":[2]}', 'a INT, b ARRAY<INT>').b | ARRAY<INT> | [2]
from_json('[1,2]', 'array<int>') | ARRAY<INT> | [1,2]
from_json('nonsense', 'a INT') | STRUCT<a: INT> | None
"""

# aggregate over x = 1, 2, 3, NULL | type | value
_AGGREGATES = r"""
floor(avg(x + 0.7)) | BIGINT | 2
ceil(avg(x + 0.7e0)) | BIGINT | 3
max(date'2026-01-01') + interval 1 day | DATE | 2026-01-02
cast(any_value(x) + 1 as bigint) | BIGINT | 2
cast(coalesce(sum(x), 0) + 1 as int) | INT | 7
cast(floor(avg(x)) as int) | INT | 2
cast(median(x) as int) | INT | 2
cast(count_if(x > 1) as int) | INT | 2
cast(sum(x) filter (where x > 1) as int) | INT | 5
cast(sum(case when x > 1 then 1 else 0 end) as bigint) | BIGINT | 2
cast(avg(x + 0.7) as int) | INT | 2
cast(count(*) as int) | INT | 4
cast(max(x + 0.7) as int) | INT | 3
cast(min(cast(x as string)) as int) | INT | 1
cast(sum(x) as string) | STRING | 6
cast(max(x * 5) as string) | STRING | 15
cast(max(timestamp'2026-01-02 03:04:05') as string) | STRING | 2026-01-02 03:04:05
count(*) | BIGINT | 4
count(x) | BIGINT | 3
count(distinct x % 2) | BIGINT | 2
count_if(x > 1) | BIGINT | 2
sum(x) | BIGINT | 6
sum(x) filter (where x > 1) | BIGINT | 5
avg(x) | DOUBLE | 2.0
min(x) | INT | 1
max(x) | INT | 3
stddev(x) | DOUBLE | 1.0
stddev_samp(x) | DOUBLE | 1.0
round(stddev_pop(x), 4) | DOUBLE | 0.8165
variance(x) | DOUBLE | 1.0
round(var_pop(x), 4) | DOUBLE | 0.6667
corr(x, x) | DOUBLE | 1.0
covar_samp(x, x) | DOUBLE | 1.0
median(x) | DOUBLE | 2.0
percentile(x, 0.25) | DOUBLE | 1.5
approx_percentile(x, 0.5) | INT | 2
approx_count_distinct(x) | BIGINT | 3
sort_array(collect_list(x)) | ARRAY<INT> | [1,2,3]
sort_array(collect_set(x % 2)) | ARRAY<INT> | [0,1]
max_by(x, -x) | INT | 1
min_by(x, -x) | INT | 3
bool_and(x > 0) | BOOLEAN | true
every(x > 1) | BOOLEAN | false
some(x > 2) | BOOLEAN | true
any_value(1) | INT | 1
round(covar_pop(x, x), 4) | DOUBLE | 0.6667
bool_or(x > 2) | BOOLEAN | true
mode(x % 2) | INT | 1
listagg(cast(x as string), ',') | STRING | 1,2,3
"""


# Window functions and those without a fixed value: in the tests below, and in test_queries.py.
_IN_QUERIES = frozenset(
    {"CumeDist", "CurrentDate", "CurrentTimestamp", "CurrentUser", "DenseRank", "Explode"}
    | {"FirstValue", "Lag", "LastValue", "Lead", "Ntile", "PercentRank", "Rand", "Rank"}
    | {"RowNumber", "Uuid"}
)


def _cases(text: str) -> list[tuple[str, str, str | None]]:
    cases = []
    for line in text.strip().splitlines():
        expression, kind, value = line.rsplit(" | ", 2)
        cases.append((expression, kind, None if value == "None" else value))
    return cases


@pytest.mark.parametrize(("expression", "kind", "value"), _cases(_VALUES))
def test_expression(shared_sql: Sql, expression: str, kind: str, value: str | None) -> None:
    columns, rows = shared_sql.full(f"SELECT {expression} AS v")
    assert (columns, rows) == ([("v", kind)], [[value]])


@pytest.mark.parametrize(("expression", "kind", "value"), _cases(_VALUES))
def test_expression_of_stored_values(
    shared_sql: Sql, expression: str, kind: str, value: str | None
) -> None:
    """The same from a subquery, where nothing is a literal any more."""
    columns, rows = shared_sql.full(f"SELECT v FROM (SELECT {expression} AS v) WHERE 1 = 1")
    assert (columns, rows) == ([("v", kind)], [[value]])


@pytest.mark.parametrize(("expression", "kind", "value"), _cases(_AGGREGATES))
def test_aggregate(shared_sql: Sql, expression: str, kind: str, value: str | None) -> None:
    source = "VALUES (1), (2), (3), (CAST(NULL AS INT)) AS t(x)"
    columns, rows = shared_sql.full(f"SELECT {expression} AS v FROM {source}")
    assert (columns, rows) == ([("v", kind)], [[value]])


@pytest.mark.parametrize(
    ("expression", "error_class"),
    [
        ("1/0", "DIVIDE_BY_ZERO"),
        ("cast(1 as double) / 0", "DIVIDE_BY_ZERO"),
        ("1 % 0", "DIVIDE_BY_ZERO"),
        ("cast('x' as int)", "CAST_INVALID_INPUT"),
        ("2147483647 + 1", "ARITHMETIC_OVERFLOW"),
        ("raise_error('stop')", "USER_RAISED_EXCEPTION"),
        ("datediff(1)", "WRONG_NUM_ARGS"),
    ],
)
def test_runtime_errors(shared_sql: Sql, expression: str, error_class: str) -> None:
    assert shared_sql.refusal(f"SELECT {expression}").error_class == error_class


@pytest.mark.parametrize(
    "call",
    [
        "list_sum(array(1))",  # DuckDB has it, Databricks does not
        "read_csv('/etc/passwd')",
        "getenv('HOME')",
        "nofn(1)",
        "dbx_whole(1.5)",
        "hash('a')",  # both have it, with different values
        "soundex('a')",
        "exists(array(1), x -> x > 0)",
        "stack(2, 1, 2)",
    ],
)
def test_functions_that_are_not_known_to_agree_are_refused(shared_sql: Sql, call: str) -> None:
    error = shared_sql.refusal(f"SELECT {call}")
    assert error.error_class in ("UNRESOLVED_ROUTINE", "UNSUPPORTED")
    assert call.split("(")[0] in error.message.lower()


def test_window_functions(shared_sql: Sql) -> None:
    columns, rows = shared_sql.full(
        "SELECT x, row_number() OVER (ORDER BY x) AS n, rank() OVER (ORDER BY x) AS r, "
        "dense_rank() OVER (ORDER BY x) AS d, lag(x) OVER (ORDER BY x) AS p, "
        "sum(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s, "
        "ntile(2) OVER (ORDER BY x) AS t, first_value(x) OVER (ORDER BY x DESC) AS f, "
        "lead(x) OVER (ORDER BY x) AS l, last_value(x) OVER (ORDER BY x DESC) AS e, "
        "cume_dist() OVER (ORDER BY x) AS c, percent_rank() OVER (ORDER BY x) AS q "
        "FROM VALUES (1), (2), (2) AS t(x) ORDER BY n"
    )
    kinds = ["INT"] * 5 + ["BIGINT"] + ["INT"] * 4 + ["DOUBLE"] * 2
    assert [kind for _, kind in columns] == kinds
    assert rows == [
        ["1", "1", "1", "1", None, "1", "1", "2", "2", "1", "0.3333333333333333", "0.0"],
        ["2", "2", "2", "2", "1", "3", "1", "2", "2", "2", "1.0", "0.5"],
        ["2", "3", "2", "2", "2", "5", "2", "2", None, "2", "1.0", "0.5"],
    ]


def test_current_user_and_time(shared_sql: Sql) -> None:
    columns, rows = shared_sql.full(
        "SELECT current_user(), current_date() = to_date(current_timestamp()), "
        "unix_timestamp() > 1700000000, length(uuid())"
    )
    assert rows == [["local", "true", "true", "36"]]
    assert columns[0] == ("current_user()", "STRING")


def test_every_function_that_is_allowed_has_a_case() -> None:
    used = {
        type(node).__name__
        for expression, _, _ in [*_cases(_VALUES), *_cases(_AGGREGATES)]
        for node in parse_statement(f"SELECT {expression}").walk()
    }
    assert sorted(CHECKED - used - _IN_QUERIES) == []
