import { link, program, type Sample, token } from './test-sample.ts';
import { OTHER_SHOPS, TAOBAO } from './test-texts-shops.ts';

const VIDEOS_AND_NOTES: readonly Sample[] = [
  link(
    'douyin',
    '1.74 复制打开抖音，看看【老陈做饭的作品】红烧肉怎么做 # 美食 # 家常菜 https://v.douyin.com/iR2euxso/ C@h.oD Uyt:/ 10/22',
    'https://v.douyin.com/iR2euxso/',
    {
      title: '老陈做饭',
    },
  ),
  link(
    'douyin',
    '8.92 abc:/ 复制打开抖音，看看【小林的图文作品】周末爬山 https://v.douyin.com/kLmN12Pq/ d@N.jp 04/15',
    'https://v.douyin.com/kLmN12Pq/',
    {
      title: '小林',
    },
  ),
  link(
    'douyin',
    '3.05 r@R.kP 07/01 wSY:/ 我在抖音直播，快来看 https://v.douyin.com/Ab12Cd34/ 0@5.com :9pm',
    'https://v.douyin.com/Ab12Cd34/',
  ),
  link(
    'douyin',
    '#在抖音，记录美好生活#猫猫日常 http://v.douyin.com/RtYuIo/ 复制此链接，打开【抖音短视频】，直接观看视频！',
    'http://v.douyin.com/RtYuIo/',
  ),
  link(
    'douyin',
    'https://v.douyin.com/iR2euxso/复制此链接，打开抖音搜索，直接观看视频！',
    'https://v.douyin.com/iR2euxso/',
  ),
  link(
    'douyin',
    '複製打開抖音，看看【阿明的作品】 https://v.douyin.com/Tt-Uu_12/ 06/30 abc:/',
    'https://v.douyin.com/Tt-Uu_12/',
    { title: '阿明' },
  ),
  link(
    'douyin',
    'https://www.douyin.com/video/7301234567890123456?previous_page=app_code_link',
    'https://www.douyin.com/video/7301234567890123456',
  ),
  link(
    'douyin',
    'https://www.douyin.com/discover?modal_id=7301234567890123456&enter_from=x',
    'https://www.douyin.com/discover?modal_id=7301234567890123456',
  ),
  link(
    'douyin',
    'https://www.iesdouyin.com/share/video/7301234567890123456/?region=CN&mid=1&u_code=abc&did=MS4wLjAB&iid=MS4w&share_sign=z',
    'https://www.iesdouyin.com/share/video/7301234567890123456/',
  ),
  link(
    'kuaishou',
    '"今天的晚霞" 小杨发了一个快手作品，一起来看！ http://m.gifshow.com/s/AbCd-12E 复制此链接，打开【快手】直接观看！',
    'http://m.gifshow.com/s/AbCd-12E',
  ),
  link(
    'kuaishou',
    'https://v.kuaishou.com/AbC1De 快来看这个 #搞笑 "哈哈哈" 该作品在快手被播放过 1.2 万次',
    'https://v.kuaishou.com/AbC1De',
  ),
  link(
    'kuaishou',
    'https://v.m.chenzhongtech.com/fw/photo/3xabcdef123?fid=99&cc=share_copylink&shareToken=X1&userId=3xu&photoId=3xabcdef123',
    'https://v.m.chenzhongtech.com/fw/photo/3xabcdef123?photoId=3xabcdef123',
  ),
  link(
    'kuaishou',
    'https://www.kuaishou.com/short-video/3xabcdef123?authorId=3xq&streamSource=find',
    'https://www.kuaishou.com/short-video/3xabcdef123',
  ),
  link(
    'kuaishou',
    '看了這麼多快手，還是「小城故事」最好看 https://v.kuaishou.com/K9mNpQ',
    'https://v.kuaishou.com/K9mNpQ',
    { title: '小城故事' },
  ),
  link(
    'xiaohongshu',
    '97 旅行家发布了一篇小红书笔记，快来看吧！ 😆 uUmSHpfne4zXSfV 😆 http://xhslink.com/0nBwqu，复制本条信息，打开【小红书】App查看精彩内容！',
    'http://xhslink.com/0nBwqu',
    {
      token: 'uUmSHpfne4zXSfV',
    },
  ),
  link(
    'xiaohongshu',
    '12 小鱼发布了一篇小红书笔记，快来看吧！ 🍉 kD8eLwQ2zXcV 🍉 http://xhslink.com/a/Zz12Yy34Xx，复制本条信息，打开【小红书】App查看精彩内容！',
    'http://xhslink.com/a/Zz12Yy34Xx',
    {
      token: 'kD8eLwQ2zXcV',
    },
  ),
  link(
    'xiaohongshu',
    '35 【周末去哪儿 | 小红书 - 你的生活兴趣社区】 😆 HgF4dSa6QwErT 😆 https://www.xiaohongshu.com/discovery/item/65f0123456789?source=webshare&xhsshare=pc_web&xsec_token=ABcd-12=&xsec_source=pc_share',
    'https://www.xiaohongshu.com/discovery/item/65f0123456789?xsec_token=ABcd-12=&xsec_source=pc_share',
    {
      title: '周末去哪儿',
    },
  ),
  link(
    'xiaohongshu',
    'http://xhslink.com/m/AbCdEfGhIj 复制后打开【小红书】查看笔记！',
    'http://xhslink.com/m/AbCdEfGhIj',
  ),
  link('xiaohongshu', 'xhslink.com/o/7PqRsTuVwX', 'https://xhslink.com/o/7PqRsTuVwX'),
  link(
    'xiaohongshu',
    '66 小美發布了一篇小紅書筆記，快來看吧！ 😆 qW3eR5tY7uIoP 😆 http://xhslink.com/Ab1Cd2，複製本條信息，打開【小紅書】App查看精彩內容！',
    'http://xhslink.com/Ab1Cd2',
    {
      token: 'qW3eR5tY7uIoP',
    },
  ),
  link(
    'xiaohongshu',
    'Copy and open rednote to view the note https://xhslink.com/o/7PqRsTuVwX',
    'https://xhslink.com/o/7PqRsTuVwX',
  ),
  token(
    'xiaohongshu',
    '97 旅行家发布了一篇小红书笔记，快来看吧！ 😆 uUmSHpfne4zXSfV 😆 ，复制本条信息，打开【小红书】App查看精彩内容！',
    'uUmSHpfne4zXSfV',
  ),
  link(
    'xiaohongshu',
    'https://www.xiaohongshu.com/explore/64ab0123456789cd?app_platform=ios&share_id=x&author_share=1',
    'https://www.xiaohongshu.com/explore/64ab0123456789cd',
  ),
  link('bilibili', '【十分钟学会打领带-哔哩哔哩】 https://b23.tv/AbC1dEf', 'https://b23.tv/AbC1dEf', {
    title: '十分钟学会打领带',
  }),
  link(
    'bilibili',
    'https://www.bilibili.com/video/BV1xx411c7mD/?spm_id_from=333.337&vd_source=abcdef0123&p=2&t=30',
    'https://www.bilibili.com/video/BV1xx411c7mD/?p=2&t=30',
  ),
  link(
    'bilibili',
    '【新番第3话_哔哩哔哩_bilibili】https://www.bilibili.com/bangumi/play/ep123456?share_source=copy_web',
    'https://www.bilibili.com/bangumi/play/ep123456',
    {
      title: '新番第3话',
    },
  ),
  link('bilibili', 'b23.tv/AbC1dEf 看这个', 'https://b23.tv/AbC1dEf'),
  link(
    'weibo',
    '【微博】今天的新闻 https://weibo.com/1234567890/NabCdEfGh?refer_flag=1001030103_',
    'https://weibo.com/1234567890/NabCdEfGh',
  ),
  link(
    'weibo',
    'https://m.weibo.cn/status/4999123456789012?sourceType=weixin&from=10DB&wm=9006',
    'https://m.weibo.cn/status/4999123456789012',
  ),
  link('weibo', 'http://t.cn/A6AbCdEf 转发微博', 'http://t.cn/A6AbCdEf'),
  link('weibo', 'https://weibo.cn/sinaurl?u=https%3A%2F%2Fother.example%2F', 'https://weibo.cn/sinaurl'),
  link(
    'baidu',
    '链接: https://pan.baidu.com/s/1aBcDeFgHiJkLmNoPqRsTuV 提取码: 8k2m 复制这段内容后打开百度网盘手机App，操作更方便哦',
    'https://pan.baidu.com/s/1aBcDeFgHiJkLmNoPqRsTuV',
    {
      shareCode: '8k2m',
    },
  ),
  link(
    'baidu',
    'https://pan.baidu.com/s/1aBcDeFgHiJkLmNoPqRsTuV?pwd=h7ty',
    'https://pan.baidu.com/s/1aBcDeFgHiJkLmNoPqRsTuV?pwd=h7ty',
    {
      shareCode: 'h7ty',
    },
  ),
  link(
    'baidu',
    '鏈接：https://pan.baidu.com/s/1aBcDeFgHiJkLmNoPqRsTuV 提取碼：ab12',
    'https://pan.baidu.com/s/1aBcDeFgHiJkLmNoPqRsTuV',
    { shareCode: 'ab12' },
  ),
  link(
    'baidu',
    'https://mr.baidu.com/r/1AbCdEf?f=cp&rs=123456&ruk=abcDEF&u=78',
    'https://mr.baidu.com/r/1AbCdEf?f=cp&u=78',
  ),
  link(
    'baidu',
    'https://mbd.baidu.com/newspage/data/landingsuper?context=%7B%22nid%22%3A%22news_1%22%7D&n_type=-1',
    'https://mbd.baidu.com/newspage/data/landingsuper?context=%7B%22nid%22%3A%22news_1%22%7D&n_type=-1',
  ),
];

const WECHAT: readonly Sample[] = [
  program('#小程序://老街茶铺/AbCdEfGhIjK1234', 'AbCdEfGhIjK1234', '老街茶铺'),
  program('快来看 #小程序://老街茶铺/今日新茶/AbCdEfGhIjK1234', 'AbCdEfGhIjK1234', '老街茶铺 / 今日新茶'),
  program('#小程序://City Market/z9Y8x7W6v5U4t3S', 'z9Y8x7W6v5U4t3S', 'City Market'),
  program('＃小程序：／／老街茶铺／AbCdEfGhIjK1234', 'AbCdEfGhIjK1234', '老街茶铺'),
  program('#小程序://快递查询/订单号/QwErTyUiOp12345，点开就行', 'QwErTyUiOp12345', '快递查询 / 订单号'),
  link(
    'wechat',
    'https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv',
    'https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv',
  ),
  link(
    'wechat',
    'https://mp.weixin.qq.com/s?__biz=MzA5MTk3NTE2Mg==&mid=2651&idx=1&sn=abc0123&chksm=8b9&scene=21&sessionid=1&subscene=0&clicktime=1#wechat_redirect',
    'https://mp.weixin.qq.com/s?__biz=MzA5MTk3NTE2Mg==&mid=2651&idx=1&sn=abc0123#wechat_redirect',
  ),
  link('wechat', '小程序链接：https://wxaurl.cn/AbCdEfGhIj1，30天内有效', 'https://wxaurl.cn/AbCdEfGhIj1'),
  link('wechat', 'https://weixin.qq.com/g/AbCdEfGh', 'https://weixin.qq.com/g/AbCdEfGh'),
];

const PLAIN: readonly Sample[] = [
  link(null, 'https://shop.example/item/42', 'https://shop.example/item/42'),
  link(
    null,
    '看这个：https://shop.example/item/42?utm_source=app&utm_medium=share&color=red，不错吧',
    'https://shop.example/item/42?color=red',
  ),
  link(null, 'Have a look (https://shop.example/a_(b)) please.', 'https://shop.example/a_(b)'),
  link(null, '"https://shop.example/x?y=1".', 'https://shop.example/x?y=1'),
  link(null, '<https://shop.example/x>', 'https://shop.example/x'),
  link(null, 'https://shop.example/item/42复制打开', 'https://shop.example/item/42'),
  link(null, 'https://shop.example复制打开', 'https://shop.example/'),
  link(null, 'https://商店.中国/茶', 'https://xn--czrs0t.xn--fiqs8s/'),
  link(null, 'http://127.0.0.1:4700/l/abcd2345', 'http://127.0.0.1:4700/l/abcd2345'),
  link(null, '「茉莉花茶」https://go.shop.example/abcd2345', 'https://go.shop.example/abcd2345', { title: '茉莉花茶' }),
  link(
    null,
    'https://taobao.com.shop.example/item?tk=Wq3ErT5yUiO',
    'https://taobao.com.shop.example/item?tk=Wq3ErT5yUiO',
  ),
  link(
    null,
    'https://nottaobao.com/item.htm?id=1&sp_tk=V3EzRXJUNXlVaU8=',
    'https://nottaobao.com/item.htm?id=1&sp_tk=V3EzRXJUNXlVaU8=',
  ),
  link(null, 'https://taobao.com@shop.example/x', 'https://shop.example/x'),
  link(null, 'https://www.shop.example/?gclid=abc&fbclid=def', 'https://www.shop.example/'),
];

const TWO: readonly Sample[] = [
  link(
    'taobao',
    'https://e.tb.cn/h.ZxCvBnMaSdFgHjK?tk=Po9IuY7tReW 还有 https://3.cn/2AbCdEfG?jkl=@W0a0c28PhTuD@',
    'https://e.tb.cn/h.ZxCvBnMaSdFgHjK?tk=Po9IuY7tReW',
    {
      token: 'Po9IuY7tReW',
    },
  ),
  link(
    'jd',
    '先看 https://blog.example/post 再看 https://3.cn/2AbCdEfG?jkl=@W0a0c28PhTuD@',
    'https://3.cn/2AbCdEfG?jkl=@W0a0c28PhTuD@',
    { token: 'W0a0c28PhTuD' },
  ),
];

export const POSITIVES: readonly Sample[] = [
  ...TAOBAO,
  ...OTHER_SHOPS,
  ...VIDEOS_AND_NOTES,
  ...WECHAT,
  ...PLAIN,
  ...TWO,
];
