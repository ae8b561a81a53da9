"""Units of measure and what a rate is counted by, as they are said."""

from __future__ import annotations

import re

UNITS = {
    "km²": "ki lô mét vuông", "km2": "ki lô mét vuông", "m²": "mét vuông", "m2": "mét vuông", "m³": "mét khối",
    "m3": "mét khối", "cm²": "xăng ti mét vuông", "cm2": "xăng ti mét vuông", "cm³": "xăng ti mét khối",
    "km/h": "ki lô mét trên giờ", "km/giờ": "ki lô mét trên giờ", "m/s": "mét trên giây", "m³/s": "mét khối trên giây",
    "m3/s": "mét khối trên giây", "l/s": "lít trên giây", "mg/l": "mi li gam trên lít", "km": "ki lô mét",
    "cm": "xăng ti mét", "mm": "mi li mét", "µm": "mi crô mét", "μm": "mi crô mét", "m": "mét", "ha": "héc ta",
    "kg": "ki lô gam", "mg": "mi li gam", "g": "gam", "ml": "mi li lít", "l": "lít", "kWh": "ki lô oát giờ",
    "MWh": "mê ga oát giờ", "GWh": "ghi ga oát giờ", "kWp": "ki lô oát đỉnh", "MWp": "mê ga oát đỉnh",
    "kVA": "ki lô vôn ampe", "MVA": "mê ga vôn ampe", "kW": "ki lô oát", "MW": "mê ga oát", "W": "oát",
    "kV": "ki lô vôn", "V": "vôn", "KB": "ki lô bai", "MB": "mê ga bai", "GB": "ghi ga bai", "TB": "tê ra bai",
    "Mbps": "mê ga bít trên giây", "Gbps": "ghi ga bít trên giây", "kHz": "ki lô héc", "MHz": "mê ga héc",
    "GHz": "ghi ga héc", "Hz": "héc", "mmHg": "mi li mét thủy ngân", "°C": "độ xê", "ºC": "độ xê", "°F": "độ ép",
    "độ C": "độ xê", "độ F": "độ ép", "°": "độ", "º": "độ", "%": "phần trăm", "‰": "phần nghìn", "đ": "đồng",
    "₫": "đồng", "VNĐ": "đồng", "VND": "đồng", "vnđ": "đồng", "USD": "đô la Mỹ", "EUR": "ơ rô", "$": "đô la Mỹ",
    "€": "ơ rô", "tr": "triệu", "px": "điểm ảnh", "dB": "đề xi ben", "calo": "ca lo", "kcal": "ki lô ca lo",
    "inch": "inh", "ms": "mi li giây", "mg/L": "mi li gam trên lít", "mb": "mi li ba", "cc": "xê xê",
    "hPa": "héc tô pát can", "mAh": "mi li ampe giờ",
    "mmol/l": "mi li mon trên lít", "mmol/L": "mi li mon trên lít", "mmol": "mi li mon",
    "h": "giờ", "phút": "phút", "MP": "mê ga pích xeo",
    "trđ": "triệu đồng", "tr.đ": "triệu đồng",
    "k": "nghìn", "mg/lít": "mi li gam trên lít", "mg/m3": "mi li gam trên mét khối",
    "mg/m³": "mi li gam trên mét khối",
    "µg/m3": "mi crô gam trên mét khối", "µg/m³": "mi crô gam trên mét khối", "μg/m3": "mi crô gam trên mét khối",
    "μg/m³": "mi crô gam trên mét khối", "g/l": "gam trên lít", "g/lít": "gam trên lít",
    "mg/dl": "mi li gam trên đề xi lít",
    "mg/dL": "mi li gam trên đề xi lít", "lít/giây": "lít trên giây", "m/giây": "mét trên giây", "nm": "na nô mét",
    "oC": "độ xê", "µg": "mi crô gam", "μg": "mi crô gam", "Km/h": "ki lô mét trên giờ", "Kg": "ki lô gam",
    "KG": "ki lô gam", "KW": "ki lô oát", "kw": "ki lô oát", "KWh": "ki lô oát giờ", "kwh": "ki lô oát giờ",
    "KWH": "ki lô oát giờ", "Ha": "héc ta", "M2": "mét vuông", "KV": "ki lô vôn", "Cm": "xăng ti mét",
    "ML": "mi li lít", "Ml": "mi li lít", "usd": "đô la Mỹ", "Mhz": "mê ga héc", "KM": "ki lô mét",
}  # fmt: skip
# Those that mean nothing else, so that they are read wherever they stand (“tính theo kg”).
SURE_UNITS = frozenset(
    unit
    for unit in UNITS
    if len(unit) > 1
    and unit
    not in (
        "ha",
        "KV",
        "tr",
        "TB",
        "MB",
        "GB",
        "KB",
        "độ C",
        "độ F",
        "phút",
        "calo",
        "inch",
        "h",
        "MP",
        "ms",
        "Ha",
        "M2",
        "ML",
    )
)
PER = (
    "năm|quý|tháng|tuần|ngày|đêm|giờ|phút|giây|người|hộ|ha|lần|kg|tấn|tạ|yến|m²|m2|km|hồ sơ|lượt|suất|học sinh|sào|"
    "héc ta|buổi|xã|phường|thôn|đơn vị|gia đình|khẩu|mẫu|cây|con|sản phẩm|tổ|cán bộ|đại biểu|lượng|chỉ|lít|bao|hộp|"
    "kỳ|vụ|lứa|đợt|ngày đêm|lớp|trạm|điểm|gói|thùng|trường hợp|cuộc|ca|bộ|chiếc|cái|phòng|vé|tiết|khóa|trang|bản|"
    "lao động|chuyến|xe|tin nhắn|tin|nhà|thẻ|thửa|ngày công|công|em|cháu|bữa|bình|chai|cuốn|quyển|tờ|dự án|mô hình|"
    "doanh nghiệp|trận|vòng|lô|nền|cơ sở|trường|thành viên|hội viên|đảng viên|giường|phiên|mét|tổ chức|cá nhân|nhóm|"
    "đội|thí sinh"
)
KINDS_OF_PLACE = frozenset(
    "xã phường thôn huyện tỉnh quận ấp bản buôn làng khóm tổ khối thành thị đặc".split()  # noqa: SIM905
)
_NAMES = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
UNIT = f"(?:{_NAMES})"
SURE_UNIT = f"(?:{'|'.join(re.escape(unit) for unit in sorted(SURE_UNITS, key=len, reverse=True))})"
