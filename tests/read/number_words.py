"""One to twenty and some compounds in every shipped language, as newspapers write them; written for the tests."""

from __future__ import annotations

ONE_TO_TWENTY = {
    "ar": "واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة|أحد عشر|اثنا عشر|ثلاثة عشر|أربعة عشر|خمسة عشر|ستة عشر|سبعة عشر|ثمانية عشر|تسعة عشر|عشرون",
    "bn": "এক দুই তিন চার পাঁচ ছয় সাত আট নয় দশ এগারো বারো তেরো চৌদ্দ পনেরো ষোলো সতেরো আঠারো উনিশ বিশ",
    "de": "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    "es": "un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",
    "hi": "एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस",
    "id": "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas|dua belas|tiga belas|empat belas|lima belas|enam belas|"
    "tujuh belas|delapan belas|sembilan belas|dua puluh",
    "it": "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti",
    "ja": "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十",
    "km": "មួយ ពីរ បី បួន ប្រាំ ប្រាំមួយ ប្រាំពីរ ប្រាំបី ប្រាំបួន ដប់ ដប់មួយ ដប់ពីរ ដប់បី ដប់បួន ដប់ប្រាំ ដប់ប្រាំមួយ ដប់ប្រាំពីរ ដប់ប្រាំបី ដប់ប្រាំបួន ម្ភៃ",
    "ko": "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두 열세 열네 열다섯 열여섯 열일곱 열여덟 열아홉 스무",
    "lo": "ໜຶ່ງ ສອງ ສາມ ສີ່ ຫ້າ ຫົກ ເຈັດ ແປດ ເກົ້າ ສິບ ສິບເອັດ ສິບສອງ ສິບສາມ ສິບສີ່ ສິບຫ້າ ສິບຫົກ ສິບເຈັດ ສິບແປດ ສິບເກົ້າ ຊາວ",
    "ml": "ഒന്ന് രണ്ട് മൂന്ന് നാല് അഞ്ച് ആറ് ഏഴ് എട്ട് ഒമ്പത് പത്ത് പതിനൊന്ന് പന്ത്രണ്ട് പതിമൂന്ന് പതിനാല് പതിനഞ്ച് പതിനാറ് പതിനേഴ് പതിനെട്ട് പത്തൊമ്പത് ഇരുപത്",
    "mr": "एक दोन तीन चार पाच सहा सात आठ नऊ दहा अकरा बारा तेरा चौदा पंधरा सोळा सतरा अठरा एकोणीस वीस",
    "ms": "satu dua tiga empat lima enam tujuh lapan sembilan sepuluh sebelas|dua belas|tiga belas|empat belas|lima belas|enam belas|"
    "tujuh belas|lapan belas|sembilan belas|dua puluh",
    "my": "တစ် နှစ် သုံး လေး ငါး ခြောက် ခုနစ် ရှစ် ကိုး တစ်ဆယ် ဆယ့်တစ် ဆယ့်နှစ် ဆယ့်သုံး ဆယ့်လေး ဆယ့်ငါး ဆယ့်ခြောက် ဆယ့်ခုနစ် ဆယ့်ရှစ် ဆယ့်ကိုး နှစ်ဆယ်",
    "ne": "एक दुई तीन चार पाँच छ सात आठ नौ दश एघार बाह्र तेह्र चौध पन्ध्र सोह्र सत्र अठार उन्नाइस बीस",
    "pt": "um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove vinte",
    "ru": "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать "
    "семнадцать восемнадцать девятнадцать двадцать",
    "ta": "ஒரு இரண்டு மூன்று நான்கு ஐந்து ஆறு ஏழு எட்டு ஒன்பது பத்து பதினொன்று பன்னிரண்டு பதிமூன்று பதினான்கு பதினைந்து பதினாறு பதினேழு பதினெட்டு பத்தொன்பது இருபது",
    "th": "หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ สิบเอ็ด สิบสอง สิบสาม สิบสี่ สิบห้า สิบหก สิบเจ็ด สิบแปด สิบเก้า ยี่สิบ",
    "tl": "isa dalawa tatlo apat lima anim pito walo siyam sampu labing-isa labindalawa labintatlo labing-apat labinlima labing-anim labimpito "
    "labingwalo labinsiyam dalawampu",
    "tr": "bir iki üç dört beş altı yedi sekiz dokuz on|on bir|on iki|on üç|on dört|on beş|on altı|on yedi|on sekiz|on dokuz|yirmi",
    "ur": "ایک دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس بیس",
    "vi": "một hai ba bốn năm sáu bảy tám chín mười|mười một|mười hai|mười ba|mười bốn|mười lăm|mười sáu|mười bảy|mười tám|mười chín|hai mươi",
    "zh": "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十",
}

COMPOUNDS = {
    "ar": {"خمسة وعشرون": 25, "٣ آلاف": 3000},
    "bn": {"পঁচিশ": 25, "একশ": 100, "এক হাজার": 1000, "দুই লাখ": 200000},
    "de": {"fünfundzwanzig": 25, "zweihundert": 200, "dreitausend": 3000},
    "en": {"twenty-five": 25, "one hundred and five": 105, "two thousand": 2000, "two lakh": 200000},
    "es": {"veinticinco": 25, "cien": 100, "treinta y cinco": 35, "doscientos": 200, "tres mil": 3000},
    "fr": {"vingt-cinq": 25, "cent cinq": 105, "quatre-vingt-dix": 90},
    "hi": {"पच्चीस": 25, "सौ": 100, "दो सौ": 200, "एक हजार": 1000, "दो लाख": 200000},
    "id": {"dua puluh lima": 25, "seratus": 100, "seratus lima": 105, "dua ribu": 2000},
    "it": {"venticinque": 25, "duecento": 200, "tremila": 3000},
    "ja": {"二十五": 25, "百五": 105, "三千": 3000, "2万": 20000},
    "km": {"ម្ភៃប្រាំ": 25, "មួយរយ": 100, "ពីរពាន់": 2000, "២ម៉ឺន": 20000},
    "ko": {"스물다섯": 25, "이백": 200, "3천": 3000, "2만": 20000},
    "lo": {"ຊາວຫ້າ": 25, "ໜຶ່ງຮ້ອຍ": 100, "ສອງພັນ": 2000, "ສອງໝື່ນ": 20000},
    "ml": {"ഇരുപത്തിയഞ്ച്": 25, "നൂറ്": 100, "രണ്ട് ലക്ഷം": 200000},
    "mr": {"पंचवीस": 25, "शंभर": 100, "एक हजार": 1000, "दोन लाख": 200000},
    "ms": {"dua puluh lima": 25, "seratus": 100, "dua ribu": 2000},
    "my": {"နှစ်ဆယ့်ငါး": 25, "တစ်ရာ": 100, "နှစ်ထောင်": 2000, "တစ်သိန်း": 100000},
    "ne": {"पच्चीस": 25, "दुई सय": 200, "एक हजार": 1000, "दुई लाख": 200000},
    "pt": {"vinte e cinco": 25, "cem": 100, "duzentos": 200, "três mil": 3000},
    "ru": {"двадцать пять": 25, "сто": 100, "двести": 200, "три тысячи": 3000},
    "ta": {"இருபத்தைந்து": 25, "நூறு": 100, "இரண்டு லட்சம்": 200000},
    "th": {"ยี่สิบห้า": 25, "หนึ่งร้อย": 100, "สองพัน": 2000, "สามหมื่น": 30000},
    "tl": {"dalawampu't lima": 25, "isang daan": 100, "dalawang daan": 200, "isang libo": 1000},
    "tr": {"yirmi beş": 25, "iki yüz": 200, "üç bin": 3000},
    "ur": {"پچیس": 25, "سو": 100, "دو سو": 200, "ایک ہزار": 1000, "دو لاکھ": 200000},
    "vi": {"hai mươi lăm": 25, "một trăm": 100, "ba trăm": 300, "hai nghìn": 2000},
    "zh": {"二十五": 25, "一百零五": 105, "两百": 200, "三千": 3000, "2万": 20000},
}


# Small words that mean something else far more often; alone they are left unread.
LEFT_OUT = {
    ("bn", 9): "is also 'is not'",
    ("km", 1): "is also 'a', behind the noun",
    ("lo", 20): "is also 'people of'",
    ("ne", 6): "is also 'is'",
    ("ur", 9): "is also 'new'",
}


def one_to_twenty(code: str) -> list[tuple[str, int]]:
    """The words of a language with their values, without those that are left out; words with a space inside stand between bars."""
    groups = ONE_TO_TWENTY[code].split("|")
    words = groups[0].split() + groups[1:-1] + (groups[-1:] if len(groups) > 1 else [])
    assert len(words) == 20, (code, len(words))
    return [(word, value) for value, word in enumerate(words, start=1) if (code, value) not in LEFT_OUT]
