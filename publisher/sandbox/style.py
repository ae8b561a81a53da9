"""The look of the sandbox's pages: close enough to each channel to judge a post, marked so that nobody mistakes it."""

CSS = """
*{box-sizing:border-box}
body{margin:0;background:#f0f2f5;color:#1c1e21;font:16px/1.55 "Be Vietnam Pro","Segoe UI",system-ui,sans-serif}
.notice{position:sticky;top:0;z-index:2;display:flex;justify-content:space-between;align-items:center;gap:16px;
 padding:9px 20px;background:#7a1f1f;color:#fff;font-size:14px}
.notice a{color:#fff}
.notice>*{flex:1}.notice strong{text-align:center;flex:2;letter-spacing:.02em}
body>h1,body>.lead{max-width:720px;margin:36px auto 6px;padding:0 16px}
body>.lead{margin-top:0;color:#555}
.channels{max-width:720px;margin:22px auto;padding:0 16px;display:grid;gap:12px}
.channel{display:flex;align-items:center;gap:14px;background:#fff;border-radius:12px;padding:14px 18px;color:inherit;
 text-decoration:none;box-shadow:0 1px 3px #0002;border-left:5px solid var(--c,#888)}
.channel>span:nth-child(2){flex:1;display:flex;flex-direction:column}
.channel small{color:#65676b}.channel em{font-style:normal;color:#65676b}
.facebook{--c:#1464d2}.zalo{--c:#0068ff}.portal{--c:#0b6b4a}.radio{--c:#a8450b}.youtube{--c:#c4302b}
.avatar{width:52px;height:52px;border-radius:50%;background:var(--c,#0b4f8a);color:#fff;font-weight:700;
 display:inline-flex;align-items:center;justify-content:center;flex:none}
.avatar.small{width:40px;height:40px;font-size:14px;background:#0b4f8a}
.cover{display:flex;gap:18px;align-items:center;padding:28px max(16px,calc((100% - 720px)/2));background:#fff;
 border-bottom:4px solid var(--c);box-shadow:0 1px 3px #0002}
.cover .avatar{width:76px;height:76px;font-size:24px}
.cover h1{margin:0;font-size:25px;line-height:1.25}.cover p{margin:2px 0 0;color:#65676b}
main{max-width:720px;margin:20px auto 60px;padding:0 12px;display:grid;gap:18px}
article{background:#fff;border-radius:12px;box-shadow:0 1px 3px #0002;padding:16px 18px;overflow:hidden}
article:target{outline:3px solid #f2a541}
article.withdrawn,article.replaced,article.failed{background:#f4efe9}
.by{display:flex;gap:10px;align-items:center;margin-bottom:8px}
.by div{display:flex;flex-direction:column;line-height:1.3}
small{color:#65676b;font-size:13px}mark{background:#ffe9c7;border-radius:4px;padding:0 5px}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0 12px}
.link{background:#f0f2f5;padding:10px 14px;border-radius:8px;overflow-wrap:anywhere;color:#0b4f8a}
.media{display:grid;gap:6px;margin:8px -18px -16px}.media.n2,.media.n4{grid-template-columns:1fr 1fr}
.media.n3{grid-template-columns:repeat(3,1fr)}
figure{margin:0}img{display:block;width:100%;height:auto}
figcaption{font-size:13px;color:#444;background:#f7f8fa;padding:8px 18px;white-space:pre-wrap}
.comment{margin:14px 0 0;padding:8px 14px;background:#f0f2f5;border-radius:14px}.comment .text{margin:2px 0}
.film{display:block;width:100%;background:#000}.film.tall{max-height:640px}
h2{margin:4px 0 8px;font-size:22px;line-height:1.3}
.story{padding:26px 30px}.story h2{font-size:28px}.story .lead{font-weight:600;font-size:17px}
.story .media{margin:14px 0}.story .body img{border-radius:8px;margin:12px 0}
.story .body p{margin:0 0 12px}.story table{border-collapse:collapse;width:100%;margin:12px 0}
.story td,.story th{border:1px solid #ccd3da;padding:6px 10px;text-align:left}
.credit{text-align:right;font-style:italic}
.script h2{font-size:19px}.script dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0 0 10px}
.script dt{color:#65676b}.script dd{margin:0}
.script .text{font-size:18px;line-height:1.8;background:#fbf7f0;padding:16px 20px;border-radius:8px}
summary{cursor:pointer;color:#0b4f8a}.files{font-size:14px;color:#444;margin:8px 0 0;padding-left:20px}
.drafts{padding:0 8px;color:#65676b}.drafts article{margin-top:12px}
.empty{text-align:center;color:#65676b;padding:60px 0}
"""
