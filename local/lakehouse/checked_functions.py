"""Which of sqlglot's functions give Databricks' results on DuckDB, as they are or rewritten.

Each occurs in tests/test_functions.py with the value that Databricks documents.
"""

CHECKED = frozenset(
    """
    Abs AddMonths And AnyValue ApproxDistinct ApproxQuantile ArgMax ArgMin Array ArrayAgg
    ArrayContains ArrayDistinct ArrayFilter ArrayIntersect ArrayMax ArrayMin ArraySize ArraySort
    ArrayToString ArrayUniqueAgg Ascii Avg Case Cast Ceil Chr Coalesce Concat ConcatWs Contains
    Corr Count CountIf CovarPop CovarSamp CumeDist CurrentDate CurrentTimestamp CurrentUser
    DateFromUnixDate DateTrunc Day DayOfMonth DayOfWeek DayOfYear DecodeCase DenseRank EndsWith
    EqualNull Exp Explode Extract FirstValue Flatten Floor Format FromBase64 FromJson
    GenerateSeries Greatest GroupConcat Hex Hour If Initcap IsNan JSONExtract JSONExtractScalar
    JSONFormat Lag LastDay LastValue Lead Least Left Length Levenshtein Ln Log LogicalAnd
    LogicalOr Lower MD5 MapKeys Max Median Min Minute Mode Month MonthsBetween NextDay Ntile
    Nullif Nvl2 Or Pad PercentRank Pi Pow Quantile Quarter Rand Rank RegexpCount RegexpExtract
    RegexpExtractAll RegexpLike RegexpReplace RegexpSplit Repeat Replace Reverse Right Round
    RowNumber SHA2 SafeDivide Second Sign Sqrt StartsWith Stddev StddevPop StddevSamp
    StrPosition StrToTime Struct Substring SubstringIndex Sum TimeStrToTime TimeToStr
    TimestampFromParts TimestampTrunc ToBase64 Transform Translate Trim TryCast TsOrDsToDate
    UnixMillis UnixSeconds UnixToStr Upper Uuid VarMap Variance VariancePop WeekOfYear Year
    """.split()  # noqa: SIM905 - a list of a hundred quoted names reads worse
)
