"""Where a text holds something that is not read as it is written. Every pattern is bounded, so reading is linear."""

from __future__ import annotations

import re

from publisher.vietnamese.measures import PER, SURE_UNIT, UNIT

UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
LETTER = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"  # of the Latin script
BLANK = r"[ \u00a0\u202f]"
DASH = r"[-–—−‑]"
START = r"(?<![\w/.,])"  # a figure begins here, and is no part of a longer one
END = r"(?![\w/]|[.,:]\d)"
NUMBER = r"(?:\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,6})?|\d{1,18}(?:,\d{1,6})?)"
WHOLE = r"(?![\w]|[.,]\d)"  # a number ends here
DOC_CODE = rf"[{UPPER}][A-Za-zĐđ&]{{0,14}}\d{{0,2}}(?:[-/][{UPPER}][A-Za-zĐđ&]{{0,14}}\d{{0,2}}){{0,3}}"

# Order matters: the first pattern that fits at a place is taken.
PATTERNS = (
    ("opaque", r"[\ue000-\uf8ff]"),
    ("mail", r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"),
    ("web", r"https?://[^\s<>\"“”]{1,2000}|www\.[^\s<>\"“”]{1,2000}"),
    ("site", r"(?<![\w.])[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{2,63}){0,4}\.(?:vn|com|org|net|edu|gov|info|example|me|io|tv)(?:/[^\s<>\"“”,;)]{0,200})?(?![\w])"),
    ("hashtag", r"#\w{1,100}"),
    ("plate", rf"(?<![\w.,/-])(?P<pl_a>\d\d{BLANK}?[A-ZĐ]{{1,2}}\d?)(?:{BLANK}?[-–]{BLANK}?|{BLANK})(?P<pl_b>\d{{3}}\.\d\d|\d{{4,5}})(?![\w/]|[.,]\d)"),
    ("phone", r"(?<![\w.,/])(?:\+84[. \u00a0-]?\d{1,4}(?:[. \u00a0-]?\d{2,4}){2,3}|\(0\d{2,3}\)[. \u00a0-]?\d{1,4}(?:[. \u00a0-]?\d{2,4}){1,3}"
              r"|0\d{2,4}(?:[. \u00a0-]\d{1,4}){1,4}|0\d{2,3}[. \u00a0-]\d{6,8}|0\d{8,10}|1[89]00(?:[. \u00a0-]?\d{2,4}){1,2})(?![\w/]|[.,-]\d)"),
    ("vessel", r"(?<![\w.,/-])(?P<vs_w>[A-ZĐ]{1,3}[a-z]?)(?:[- ]?(?P<vs_n>\d{4,5})[- ]?TS|-(?P<vs_m>\d{4,5}))(?![\w]|[.,/-]\w)"),
    ("feeder", r"(?<![\w.,/-])(?P<fd_n>\d{3})(?:[-/]| - |[ \u00a0])?(?P<fd_e>[ET]\d{1,3}(?:\.\d{1,2})?)(?!\w|[.,]\d)"),
    ("document", rf"(?<![\w/.])(?P<doc_no>\d{{1,5}})(?:/(?P<doc_year>(?:19|20)\d\d))?[-/](?P<doc_code>{DOC_CODE})(?!\w)"),
    ("standard", rf"(?<=[A-Z] )(?P<st_n>\d{{1,5}}(?:-\d{{1,2}})?):(?P<st_y>(?:19|20)\d\d)(?:/(?P<st_c>{DOC_CODE}))?(?!\w)"),
    ("date", rf"{START}(?P<d>\d{{1,2}})(?P<d_sep>[/.-])(?P<dm>\d{{1,2}})(?P=d_sep)(?P<dy>\d{{4}}){END}"),
    ("period", r"(?<!\w)(?P<pd_w>[QT])(?P<pd_n>\d{1,2}|[IVX]{1,4})[/.-](?P<pd_y>(?:19|20)\d\d)(?!\w)"),
    ("months", r"(?<![\w.,/-])(?P<ms_n>\d{1,2})T[/-]?(?P<ms_y>(?:19|20)\d\d)(?!\w)"),
    ("month_range", rf"{START}(?P<mr_a>\d{{1,2}}){BLANK}?[-–]{BLANK}?(?P<mr_b>\d{{1,2}})/(?P<mr_y>(?:19|20)\d\d){END}"),
    ("day_range", rf"{START}(?P<dr_a>\d{{1,2}}){BLANK}?[-–]{BLANK}?(?P<dr_b>\d{{1,2}})/(?P<dr_m>\d{{1,2}})(?:/(?P<dr_y>(?:19|20)\d\d))?{END}"),
    ("hour_date", r"(?<![\w/:.,])(?P<hd_h>[01]?\d|2[0-4])[hg](?P<hd_i>[0-5]\d)?/(?P<hd_d>\d{1,2})/(?P<hd_m>\d{1,2})(?:/(?P<hd_y>(?:19|20)\d\d))?(?![\w/]|[.,]\d)"),
    ("time", rf"(?<![\w/:.,])(?P<th>[01]?\d|2[0-4])(?:(?:[hH]|g(?=\d))(?:(?:(?P<tm>[0-5]\d)|{BLANK}(?P<ts>[0-5]\d)(?!\w|[.,/]\d|{BLANK}?(?:{UNIT}|{PER})(?!\w)))(?:['′](?:(?P<tx>[0-5]\d)[\"″]?)?|{BLANK}?(?:phút|ph|p)(?!\w))?)?(?!\w)|:(?P<tc>[0-5]\d)(?::(?P<tz>[0-5]\d))?{END})"),
    ("watch", r"(?<![\w.,])(?:(?P<wa_m>\d{1,2})['′])?(?P<wa_s>\d{1,2})[\"″](?P<wa_c>\d{1,2})(?!\w)"),
    ("running", r"(?<![\w.,])(?P<rg_m>\d{1,3})['′](?P<rg_s>[0-5]?\d)(?:['′]{1,2}|[\"″])?(?!\w)"),
    ("minutes_range", r"(?<![\w.,])(?P<mm_a>\d{1,3})['′]?[-–](?P<mm_b>\d{1,3})['′](?!\w)"),
    ("clock", r"(?<![\w/.,])24/24h(?!\w)"),
    ("ratio", rf"(?<![\w/:.,])(?P<ro_a>\d{{1,4}}):(?P<ro_b>{NUMBER})(?![\w:/]|[.,]\d)"),
    ("month_year", rf"{START}(?P<my>\d{{1,2}})[/-](?P<myy>(?:19|20)\d\d){END}"),
    ("slashes", r"(?<![\w/.,])\d{1,5}[A-ZĐa-z]?(?:/\d{1,5}[A-ZĐa-z]?){2,5}(?![\w/]|[.,]\d)"),
    ("slash", r"(?<![\w/.,])(?P<sa>\d{1,4})(?P<sa_l>[A-ZĐ]?)/(?P<sb>\d{1,4})(?P<sb_l>[A-ZĐ]?)(?![\w/]|[.,]\d)"),
    ("out_of", rf"(?<![\w/.,])(?P<oo_a>{NUMBER}){BLANK}?/{BLANK}?(?P<oo_b>{NUMBER})(?![\w/]|[.,]\d)"),
    ("sequence", r"(?<![\w/.,-])\d{1,5}(?:-\d{1,5}){2,6}(?![\w/-]|[.,]\d)"),
    ("english", r"(?<![\w.,])\d{1,3}(?:,\d{3}){2,5}(?:\.\d{1,4})?(?![\w]|[.,]\d)"),
    ("sharp", r"(?<=giờ[ \u00a0])00[ \u00a0]phút(?!\w)"),
    ("switch", r"(?<![\w.,/-])(?P<sw_a>\d{3})-(?P<sw_b>\d{1,2})(?:/(?P<sw_c>\d{1,3}[A-Z]?))(?![\w/-]|[.,]\d)"),
    ("spaced", r"(?<![\w.,/])[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3}){1,5}(?:,\d{1,6})?(?![\w/]|[.,]\d|[ \u00a0\u202f]\d)"),
    ("code", rf"(?<![\w.,/-])(?=[\w./-]{{0,30}}[{UPPER}])(?=[\w./-]{{0,30}}\d)[{UPPER}0-9]{{1,12}}(?:[.-][{UPPER}0-9]{{1,12}}){{2,6}}(?![\w]|[-/]\w)"),
    ("station", r"(?<![\w.,/-])(?P<sn_w>[A-ZĐ]{1,3}|v)(?P<sn_n>\d{1,4}(?:\.\d{1,4}){1,2})(?![\w]|[.,-]\w)"),
    ("version", r"(?<![\w.,/])\d{1,3}(?:\.\d{1,2}){1,4}(?![\w.,]\d|\w)"),
    ("roman_year", r"(?<!\w)(?P<ry_n>[IVXLCDM]{1,8})/(?P<ry_y>(?:19|20)\d\d)(?!\w)"),
    ("procedure", r"(?<![\w.,])\d\.\d{6}(?:\.\d{2,3}){0,3}(?:\.[A-Z]\d{1,2})?(?![\w]|[.,]\d)"),
    ("position", r"(?<![\w.,])(?P<ps>\d{1,3}[.,]\d{1,2})[°º]?(?P<ps_w>[NEBĐ])(?!\w)"),
    ("half_unit", r"(?<![\w.,/])(?P<hu>\d{1,4})(?P<hu_u>km|m(?![23](?!\d))|kg|tr|tỷ|tỉ)(?P<hu_x>\d{1,3})(?!\w|[.,]\d)"),
    ("range", rf"{START}(?P<ra>{NUMBER})(?:{BLANK}?(?P<ru1>{UNIT})(?=\W))?{BLANK}?[-–—]{BLANK}?(?P<rb>{NUMBER})(?:{BLANK}?(?P<ru>{UNIT})(?!\w)|(?![\w/]|[.,:]\d))"),
    ("degrees", rf"(?<![\w.,])(?P<dg>\d{{1,3}})[°º]{BLANK}?(?P<dg_m>\d{{1,2}}(?:[.,]\d{{1,4}})?)['′]{BLANK}?(?:(?P<dg_s>\d{{1,2}}(?:[.,]\d{{1,4}})?)[\"″]{BLANK}?)?(?P<dg_w>[BNĐTSEW]?)(?!\w)"),
    ("minutes", r"(?<![\w.,])(?P<mi>\d{1,3})(?:\+(?P<mi_x>\d{1,2}))?(?P<mi_q>['′\"″])(?!\w)"),
    ("post", rf"(?<!\w)(?:[Kk]m|KM|Lý trình [Kk]m){BLANK}?(?P<po_a>\d{{1,4}})(?:{BLANK}?\+{BLANK}?(?P<po_b>\d{{1,3}}))?(?![\w/]|[.,]\d)"),
    ("times", rf"(?<![\w/.,]){NUMBER}(?:{BLANK}?{UNIT})?(?:{BLANK}?[xX×]{BLANK}?{NUMBER}(?:{BLANK}?{UNIT}(?!\w)|(?![\w/]|[.,]\d)|(?=[xX×]))){{1,3}}"),
    ("measure", rf"(?<!\w)(?<!\d/)(?P<mn>{NUMBER}){BLANK}?(?P<mu>{UNIT})(?![\wđ]|\.[^\W\d])"),
    ("thousands", r"(?<![\w.,/])(?P<tk>\d{1,4},\d{1,2}(?=[KkM])|\d{2,3}(?=[KkM] (?:người|lượt|thành viên|lời|view|follow|sub|like)))(?P<tk_u>[KkM])(?!\w)"),
    ("extension", r"(?<=[ (“\"])\.(?:apk|exe|pdf|docx?|xlsx?|zip|rar|jpg|png|html?)(?!\w)"),
    ("pointed", rf"(?<![\w.,/])(?P<pt_n>\d{{1,4}}\.\d{{1,4}}){BLANK}?(?:(?P<pt_u>{UNIT})|(?<!{BLANK})(?P<pt_w>[A-ZĐ]{{1,3}}(?:-[IVX]{{1,4}})?))(?!\w)"),
    ("tons", rf"(?<![\w/.,])(?P<to>{NUMBER})T(?!\w)"),
    ("diameter", rf"[ØøΦφ⌀]{BLANK}?(?P<di>{NUMBER}){WHOLE}"),
    ("money", rf"(?P<cs>[$€]){BLANK}?(?P<cn>{NUMBER}){WHOLE}(?:{BLANK}(?P<cx>nghìn|ngàn|triệu|tỷ|tỉ)(?!\w))?"),
    ("route", rf"(?<!\w)(?P<rt_d>[Đđ]ường{BLANK})?(?P<rt_w>QL|ĐT|TL|ĐH|HL|CT)(?P<rt_s>[. ]?)(?P<rt_n>\d{{1,3}}[A-ZĐ]?)(?![\w]|[.,]\d)"),
    ("numeral", r"(?m:^)(?P<nu>[IVX]{1,6}|\d{1,2})\.(?=[ \u00a0][^\W\d_a-zà-öø-ỹđ])"),
    ("short_place", rf"(?<![\w.])(?P<sp>Q|P|H|X|TX|TT|Đ)\.{BLANK}?(?=[{UPPER}][a-zà-öø-ỹđ])"),
    ("word_number", rf"(?<!\w)(?P<wn_w>[A-Z{UPPER}]{{1,3}})\.{BLANK}?(?P<wn_n>\d{{1,3}})(?![\w]|[.,]\d)"),
    ("number", rf"(?<![\w]){NUMBER}{WHOLE}"),
    ("unit", rf"(?<![\w/]){SURE_UNIT}(?!\w)"),
    ("model", r"(?<![\w.,/-])(?P<md_w>[A-ZĐ]|Su|Mi|Tu|Il|An|Ka)-(?P<md_n>\d{1,3})(?P<md_x>[A-Z]{0,2}\d?)(?![\w]|[.,/-]\w)"),
    ("hyphened", rf"(?<!\w)[{UPPER}a-zđ]{{2,12}}-\d{{1,3}}(?!\w)"),
    ("mixed", rf"(?<!\w)(?:[{UPPER}a-zđ]{{0,12}}\d{{1,6}}[{UPPER}a-zđ0-9]{{0,12}}(?:[-][A-Za-z0-9Đ]{{1,12}}){{0,2}})(?!\w)"),
    ("roman_range", rf"(?<!\w)(?P<rr_a>[IVX]{{1,6}}){BLANK}?[-–]{BLANK}?(?P<rr_b>[IVX]{{1,6}})(?!\w)"),
    ("per", rf"/{BLANK}?(?:(?P<pe_n>\d{{1,4}}){BLANK}?(?P<pe_t>h|giờ|phút|ngày|tuần|tháng|năm)(?!\w)|(?P<pe>{UNIT}|{PER}|s|h)(?!\w))"),
    ("spaced_pair", rf"(?<![\w&])(?!\w{BLANK}&{BLANK}\w(?!\w))[{UPPER}]{{1,8}}{BLANK}&{BLANK}[{UPPER}]{{1,8}}(?![\w&])"),
    ("word", rf"(?<!\w)[{LETTER}&]{{1,40}}(?:[.&/-][{LETTER}]{{1,20}}(?!\w)){{0,3}}(?:\.(?!\.))?"),
    ("vulgar", r"[\u00bc-\u00be\u2150-\u215e]"),
    ("roman_sign", r"[\u2160-\u217f]{1,4}"),
    ("script", r"[\u00b5\u0370-\u1cff\u2c00-\ud7ff\uf900-\ufdff\ufe70-\ufeff\uff00-\uffef]{1,40}"),
    ("dash", rf"{BLANK}{{0,2}}{DASH}{BLANK}{{0,2}}"),
    ("sign", r"[<>]=|[÷≥≤><±~≈&+=×→°º%‰/\\*_#@|^`{}\[\]()$€₫…§©®™•·Øø⌀′″\u200b\u2060\u00b2\u00b3\u00b9\u2070-\u209f\u2460-\u24ff\u2100-\u2bff\u2000-\u200f\u202a-\u202e]"),
    ("digits", r"\d{1,200}"),
    ("other", r"[^\w\s,.;:?!“”‘’\"'–\-]"),
)  # fmt: skip
MASTER = re.compile("|".join(f"(?P<t_{name}>{pattern})" for name, pattern in PATTERNS))


def token_name(match: re.Match[str]) -> str:
    """Which pattern fitted: the outer group, which closes after the parts that have names of their own."""
    return (match.lastgroup or "").removeprefix("t_")
